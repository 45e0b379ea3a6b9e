import { beforeAll, expect, test } from 'vitest'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ConstraintCompiler, ConstraintSpec } from '../constraint.ts'
import { createConstraintCompiler } from './compiler.ts'
import { byteTokenizer } from './testing/byte-tokenizer.ts'

let compiler: ConstraintCompiler
beforeAll(() => {
  compiler = createConstraintCompiler(byteTokenizer())
})

/** What is said of a spec that is refused, and how long that took. */
async function refusal(spec: ConstraintSpec): Promise<string> {
  const start = performance.now()
  const error: unknown = await compiler.compile(spec).catch((error: unknown) => error)
  expect(performance.now() - start).toBeLessThan(2500)
  expect(error).toBeInstanceOf(PlumblineError)
  if (!(error instanceof PlumblineError)) return ''
  expect(error.code).toBe('invalid_request')
  expect(error.message).toMatch(/^[A-Z].*[^.]\.$/)
  return error.message
}
const ofSchema = (schema: object) => refusal({ kind: 'json_schema', schema: { ...schema } })

test.for<[string, unknown]>([
  ['uniqueItems', true],
  ['multipleOf', 2],
  ['not', {}],
  ['if', {}],
  ['then', {}],
  ['else', {}],
  ['dependentRequired', {}],
  ['dependentSchemas', {}],
  ['dependencies', {}],
  ['contains', {}],
  ['minContains', 1],
  ['patternProperties', {}],
  ['unevaluatedProperties', false],
  ['unevaluatedItems', false],
  ['minProperties', 1],
  ['maxProperties', 1],
  ['additionalItems', false],
  ['contentEncoding', 'base64'],
  ['nullable', true],
  ['$dynamicRef', '#'],
  ['$anchor', 'a'],
  ['a_keyword_of_mine', 1],
])('a keyword that is not enforced is refused by name and place: %s', async ([name, value]) => {
  const message = await ofSchema({
    type: 'object',
    properties: { 'a/b': { [name]: value } },
    required: ['a/b'],
  })
  expect(message).toContain(`#/properties/a~1b uses ${name},`)
})

test.for<[string, object]>([
  ['# has a wrong type', { type: 'text' }],
  ['# has a wrong minLength', { minLength: -1 }],
  ['# has a wrong required', { required: 'a' }],
  ['# has a wrong anyOf', { anyOf: [] }],
  ['#/items must be an object, true or false', { type: 'array', items: 3 }],
  ['#/items must be an object, true or false', { type: 'array', items: [{}] }],
  ['format hostname', { format: 'hostname' }],
  ['refers to #/$defs/a', { $ref: '#/$defs/a' }],
  ['refers to https://example.com', { $ref: 'https://example.com/a' }],
  ['refers to itself', { $ref: '#' }],
  ['refers to itself', { anyOf: [{ type: 'null' }, { $ref: '#' }] }],
  ['more than one may hold', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
  ['lookaround', { pattern: '^(?!a)b$' }],
  ["isn't a regular expression", { pattern: '(' }],
  ['lists objects beside', { enum: [{}], required: ['a'] }],
])('what cannot be read or enforced is refused: %s', async ([part, schema]) => {
  expect(await ofSchema(schema)).toContain(part)
})

test.for<[string, object]>([
  [
    '#/items it has minItems 3 above maxItems 2',
    { type: 'array', minItems: 1, items: { minItems: 3, maxItems: 2 } },
  ],
  ['# it has minLength 3 above maxLength 2', { minLength: 3, maxLength: 2 }],
  ['# it has bounds', { type: 'integer', minimum: 3, maximum: 2 }],
  ['# it has bounds', { type: 'integer', exclusiveMinimum: 2, exclusiveMaximum: 3 }],
  ['# it has bounds', { type: 'number', minimum: 1e300 }],
  ['# it lists no value', { enum: [] }],
  ['# it lists no value', { type: 'string', const: 3 }],
  ['# it lists no value', { const: 3, enum: [4] }],
  ['# it lists no value', { const: 'abc', maxLength: 2 }],
  ['# it lists no value', { const: 'abc', pattern: '^x' }],
  ['# it requires types', { allOf: [{ type: 'string' }, { type: 'null' }] }],
  ['# it has a pattern', { pattern: '^a$', minLength: 2 }],
  ['# it has a pattern', { pattern: 'b^a' }],
  ['is false', { type: 'object', properties: { a: false }, required: ['a'] }],
  ['is false', { type: 'object', required: ['a'], additionalProperties: false }],
  ['is false', { anyOf: [false, false] }],
  ['is false', { type: 'array', prefixItems: [{}, false], minItems: 2 }],
  ['without end', { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }],
])('a schema that no reply fits is refused: %s', async ([part, schema]) => {
  const message = await ofSchema(schema)
  expect(message).toMatch(/^No reply fits the schema/)
  expect(message).toContain(part)
})

const nested = (depth: number): object => (depth === 0 ? {} : { type: 'array', items: nested(depth - 1) })
const chain = (length: number, next: (name: string) => object) => ({
  $defs: Object.fromEntries(
    Array.from({ length }, (_, i) => [
      `d${i}`,
      i + 1 < length ? next(`#/$defs/d${i + 1}`) : { type: 'null' },
    ]),
  ),
  $ref: '#/$defs/d0',
})

test.for<[string, object]>([
  ['nests deeper', nested(100)],
  ['more than 20000 parts', { enum: Array.from({ length: 30_000 }, (_, i) => i) }],
  ['more than 60000 states', { enum: Array.from({ length: 15_000 }, (_, i) => `${i} ${'x'.repeat(9)}`) }],
  ['references deep', chain(100, ($ref) => ({ $ref }))],
  ['more than 500 cases', chain(20, ($ref) => ({ anyOf: [{ $ref }, { $ref }] }))],
  ['in too many ways', chain(30, ($ref) => ({ allOf: [{ $ref }, { $ref }] }))],
  [
    'in too many ways',
    {
      $defs: { a: { oneOf: Array.from({ length: 490 }, (_, i) => ({ const: i })) } },
      properties: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [i, { $ref: '#/$defs/a' }])),
    },
  ],
  [
    'in too many ways',
    {
      oneOf: Array.from({ length: 400 }, (_, i) => ({
        enum: Array.from({ length: 40 }, (_, j) => 40 * i + j),
      })),
    },
  ],
  ['more than 500 cases', { allOf: Array(12).fill({ anyOf: [{ minimum: 0 }, { maximum: 9 }] }) }],
  ['too large an automaton', { pattern: '^(?:a|b)*a(?:a|b){20}$' }],
  ['too large an automaton', { enum: ['a'], pattern: '^(?:\\p{L}{0,40}x){0,20}$' }],
  [
    'too large an automaton',
    { anyOf: Array.from({ length: 9 }, (_, i) => ({ pattern: `^\\p{L}{0,20${i}}$` })) },
  ],
  ['too large an automaton', { pattern: '^((a{100}){100}){100}$' }],
  ['too large an automaton', { pattern: 'x', maxLength: 1_000_000_000 }],
  ['longer than 1000 characters', { pattern: 'a'.repeat(1001) }],
])('what would take too long or too much memory is refused soon: %s', async ([part, schema]) => {
  expect(await ofSchema(schema)).toContain(part)
})

test('the same holds for regular expressions and choices', async () => {
  const regex = (pattern: string) => refusal({ kind: 'regex', pattern })
  expect(await regex('(a')).toContain("isn't a regular expression")
  expect(await regex('(a)\\1')).toContain('back reference')
  expect(await regex('\\bfoo')).toContain('word boundaries')
  expect(await regex('[]')).toContain('matches no text')
  expect(await regex('(?:a|aa|[a-z]{1,9}|[a-z0-9]{2,12}| ){1,100}')).toContain('too large an automaton')
  expect(await regex('(?:.{90}){90}')).toContain('too large an automaton')
  const choice = (...choices: string[]) => refusal({ kind: 'choice', choices })
  expect(await choice()).toContain('at least one')
  expect(await choice('a', '')).toContain('at least one character')
  expect(await choice('\ud800')).toContain('at least one character')
})

test('a place that can be read in too many ways is refused when a reply comes to it, soon', async () => {
  const strings = Array.from({ length: 400 }, (_, i) => ({ type: 'string', maxLength: i + 1 }))
  const constraint = await compiler.compile({ kind: 'json_schema', schema: { anyOf: strings } })
  const start = performance.now()
  expect(() => {
    for (const byte of Buffer.from(`"${'a'.repeat(300)}`)) {
      constraint.mask()
      constraint.accept(byte)
    }
  }).toThrow(/^The constraint can be read in too many ways at once; .*\.$/)
  expect(performance.now() - start).toBeLessThan(2500)
})

test('what the model has no token for is left out, and refused where nothing else is left', async () => {
  const withoutTilde = createConstraintCompiler(byteTokenizer({ without: [0x7e] }))
  await expect(withoutTilde.compile({ kind: 'choice', choices: ['~'] })).rejects.toThrow(/no tokens/)
  await expect(withoutTilde.compile({ kind: 'regex', pattern: '~+' })).rejects.toThrow(/can write/)
  const constraint = await withoutTilde.compile({ kind: 'regex', pattern: '[}~]~?' })
  constraint.accept(0x7d)
  expect(constraint.complete).toBe(true)
})
