import { describe, expect, it } from 'vitest'
import { verifierSpec } from './verifiers.ts'
import { verify } from './verify.ts'

const check = async (schema: unknown, response: string) => {
  const spec = verifierSpec.parse({ kind: 'json_schema', schema })
  const [result] = await verify([spec], { prompt: null, response })
  if (!result) throw new Error('no result')
  return result
}
const passes = async (schema: unknown, value: unknown) => (await check(schema, JSON.stringify(value))).passed

describe('json_schema', () => {
  const person = {
    type: 'object',
    properties: { name: { type: 'string', minLength: 1 }, age: { type: 'integer', minimum: 0 } },
    required: ['name'],
    additionalProperties: false,
  }

  it('tells fitting from unfitting JSON, and where it does not fit', async () => {
    expect(await passes(person, { name: 'Ada', age: 36 })).toBe(true)
    expect(await passes(person, { age: 36 })).toBe(false)
    expect((await check(person, '{"name":"Ada","age":-1}')).received).toContain('#/age: -1 is less than 0')
    expect(await check(person, 'name: Ada')).toMatchObject({ passed: false })
    expect(await passes(true, 1)).toBe(true)
    expect(await passes(false, 1)).toBe(false)
  })

  it('follows references inside the schema, recursive ones too', async () => {
    const list = { type: 'object', properties: { next: { $ref: '#' }, value: { $ref: '#/$defs/digit' } } }
    const schema = { ...list, $defs: { digit: { type: 'integer', maximum: 9 } }, additionalProperties: false }
    expect(await passes(schema, { value: 1, next: { value: 2, next: {} } })).toBe(true)
    expect(await passes(schema, { value: 1, next: { value: 12 } })).toBe(false)
  })

  it('reads the draft from $schema', async () => {
    const items = [{ type: 'number' }, { type: 'string' }]
    const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', items, additionalItems: false }
    expect(await passes(draft7, [1, 'a'])).toBe(true)
    expect(await passes(draft7, [1, 'a', 2])).toBe(false)
    expect(await passes({ prefixItems: items, items: false }, [1, 'a', 2])).toBe(false)
  })

  describe('patterns, which run in RE2 before the validator sees the schema', () => {
    it('keep the meaning of pattern and format', async () => {
      const schema = { type: ['string', 'number'], pattern: '^a', allOf: [{ maxLength: 3 }] }
      expect(await passes(schema, 'abc')).toBe(true)
      expect(await passes(schema, 'abcd')).toBe(false)
      expect(await passes(schema, 'bc')).toBe(false)
      expect(await passes(schema, 5)).toBe(true)
      expect(await passes({ anyOf: [{ pattern: '^a' }, { pattern: 'z$' }] }, 'xyz')).toBe(true)
      expect(await passes({ not: { pattern: '^a' } }, 'abc')).toBe(false)
      expect(await passes({ propertyNames: { pattern: '^[a-z]+$' } }, { ab: 1, C: 2 })).toBe(false)
      expect(await passes({ items: { format: 'email' } }, ['a@b.co', 'nobody'])).toBe(false)
      expect(await passes({ format: 'uri' }, 'https://example.com/a?b#c')).toBe(true)
      expect(await passes({ format: 'uri' }, 'not a uri')).toBe(false)
      expect(await passes({ format: 'int32' }, 'annotation')).toBe(true)
    })

    it('keep the meaning of patternProperties beside properties and additionalProperties', async () => {
      const schema = {
        properties: { ab: { type: 'number' } },
        patternProperties: { '^a': { minimum: 3 }, c$: { maximum: 9 } },
        additionalProperties: false,
      }
      expect(await passes(schema, { ab: 5, ac: 4 })).toBe(true)
      expect(await passes(schema, { ab: 2 })).toBe(false)
      expect(await passes(schema, { ab: 'x' })).toBe(false)
      expect(await passes(schema, { ac: 10 })).toBe(false)
      expect(await passes(schema, { b: 1 })).toBe(false)
    })

    it('leave properties alone that are named like keywords', async () => {
      const schema = {
        properties: { pattern: { type: 'string' }, format: { type: 'number' }, uniqueItems: { const: true } },
        enum: [{ pattern: 'x' }, { pattern: '(', format: 1, uniqueItems: true }],
      }
      expect(await passes(schema, { pattern: '(', format: 1, uniqueItems: true })).toBe(true)
      expect(await passes(schema, { pattern: 'x' })).toBe(true)
      expect(await passes(schema, { pattern: 'y' })).toBe(false)
    })
  })

  it('checks uniqueItems with and without repeats', async () => {
    const pair = { type: 'array', uniqueItems: true }
    expect(await passes({ properties: { a: pair } }, { a: [1, { x: 1, y: 2 }], b: [1, 1] })).toBe(true)
    expect(
      await passes(
        { properties: { a: pair } },
        {
          a: [
            { x: 1, y: 2 },
            { y: 2, x: 1 },
          ],
        },
      ),
    ).toBe(false)
    expect(
      await passes(
        pair,
        Array.from({ length: 20_000 }, (_, i) => ({ i })),
      ),
    ).toBe(true)
  })
})

describe('hostile schemas and instances', () => {
  const bomb = {
    $ref: '#/$defs/a0',
    $defs: Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => {
        const next = { $ref: `#/$defs/a${(i + 1) % 40}` }
        return [`a${i}`, i === 39 ? { type: 'object' } : { allOf: [next, next] }]
      }),
    ),
  }

  it.each<[string, unknown, string, boolean | null]>([
    ['a backtracking pattern', { pattern: '^(a+)+$' }, `"${'a'.repeat(50_000)}!"`, false],
    ['a backtracking key', { patternProperties: { '^(a+)+$': false } }, `{"${'a'.repeat(5e4)}!":1}`, true],
    ['a schema that is itself', { $ref: '#' }, '{}', null],
    ['two that are each other', { allOf: [{ $ref: '#/$defs/b' }], $defs: { b: { $ref: '#' } } }, '{}', null],
    ['exponentially many references', bomb, '{}', null],
    ['a remote reference', { $ref: 'https://example.com/schema.json' }, '{}', null],
    ['an instance of a million brackets', {}, '['.repeat(1e6) + ']'.repeat(1e6), null],
    ['an instance nested too deeply', { items: { $ref: '#' } }, '['.repeat(300) + ']'.repeat(300), null],
    [
      'an equal pair among thousands of like objects',
      { items: { uniqueItems: true } },
      JSON.stringify([Array.from({ length: 3000 }, (_, i) => ({ a: { b: Math.min(i, 2998) } }))]),
      null,
    ],
    [
      'a long string measured often',
      { allOf: Array(2000).fill({ maxLength: 3 }) },
      `"${'x'.repeat(1e6)}"`,
      null,
    ],
    [
      'keywords of the wrong type',
      { type: 5, properties: 7, allOf: {}, enum: 4, required: 1 },
      '{"a":1}',
      null,
    ],
  ])('%s: answers in time', async (_name, schema, response, expected) => {
    const started = performance.now()
    const result = await check(schema, response)
    expect(performance.now() - started).toBeLessThan(3000)
    expect(result.passed).toBe(expected)
    if (expected === null) expect(result.error?.message).toMatch(/^[A-Z].*\.$/)
  })

  const nested = (levels: number): unknown => (levels === 0 ? {} : { not: nested(levels - 1) })
  it.each([
    [{ properties: { a: { pattern: '(?!x)' } } }, 'RE2'],
    [{ patternProperties: { '(': {} } }, 'RE2'],
    [{ $dynamicRef: '#a' }, '$dynamicRef'],
    [{ properties: { type: { type: ['string', 'text'] } } }, 'has the type "text"'],
    [nested(100), '64 levels'],
    [{ anyOf: Array(6000).fill({}) }, '5000 parts'],
  ])('a schema that cannot be checked is refused when it is read', (schema, message) => {
    const parsed = verifierSpec.safeParse({ kind: 'json_schema', schema })
    expect(parsed.error?.issues[0]).toMatchObject({
      message: expect.stringContaining(message),
      params: { code: 'invalid_verifier' },
    })
  })
})
