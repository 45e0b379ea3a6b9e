import { beforeAll, expect, test } from 'vitest'
import type { Constraint, ConstraintSpec } from '../constraint.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { createConstraintCompiler } from './compiler.ts'
import { byteTokenizer } from './testing/byte-tokenizer.ts'
import { allowed, createWalker, realTokenizer } from './testing/walk.ts'

const BYTES = byteTokenizer()
const bytesOf = (text: string) => [...new TextEncoder().encode(text)]

/** Whether a model of single bytes may write this and end; each byte must be allowed by the mask too. */
async function writes(spec: ConstraintSpec, text: string, vocabulary = BYTES): Promise<boolean> {
  const constraint = await createConstraintCompiler(vocabulary).compile(spec)
  for (const byte of bytesOf(text)) {
    if (!allowed(constraint, vocabulary).includes(byte)) {
      expect(() => constraint.accept(byte)).toThrow(TypeError)
      return false
    }
    constraint.accept(byte)
  }
  return allowed(constraint, vocabulary).includes(vocabulary.end)
}

const schema = (value: object): ConstraintSpec => ({ kind: 'json_schema', schema: { ...value } })

test.for<[object, unknown[], string[]]>([
  [
    {},
    [null, -0.5, 1e-7, 'a"\\\n\u0001é🚀', [], [1, [2]], {}, { a: { b: [true] } }],
    ['', '01', '1.', '[1,]', '{"a"}', '"\t"', 'nul'],
  ],
  [{ type: 'integer' }, [0, -7, 10, 123456789012345], ['-0', '007', '1.0', '1e3', '1234567890123456']],
  [{ type: 'integer', minimum: -12, maximum: 105 }, [-12, -9, 0, 99, 100, 105], ['-13', '106', '1000', '-0']],
  [
    { minimum: 0.125, exclusiveMaximum: 2.5 },
    [0.125, 0.2, 1, 2, 2.25, 2.49999],
    ['0', '0.1', '0.1249', '2.5', '2.50', '3', '-1'],
  ],
  [{ type: 'number', maximum: -3 }, [-3, -3.5, -1000], ['3', '-2.9', '0']],
  [
    { type: 'string', minLength: 2, maxLength: 3 },
    ['ab', 'é🚀', '"\\\n'],
    ['"a"', '"abcd"', '"ab', '"\\u0061b"'],
  ],
  [{ type: 'string', pattern: 'b+$' }, ['b', 'abb'], ['"ba"', '""']],
  [{ type: 'string', pattern: '^a|b$' }, ['ac', 'cb', 'ab'], ['"c"', '"ca"']],
  [{ type: 'string', pattern: '^.$' }, ['é', '🚀', '.'], ['"\\n"', '"ab"']],
  [
    { type: 'array', minItems: 1, maxItems: 2, items: { enum: [1] } },
    [[1], [1, 1]],
    ['[]', '[1,1,1]', '[1,]'],
  ],
  [
    { prefixItems: [{ const: 'a' }], items: { const: 2 } },
    [[], ['a'], ['a', 2], ['a', 2, 2]],
    ['[2]', '["a","a"]'],
  ],
  [
    { properties: { a: { const: 1 }, b: { const: 2 } }, required: ['b'] },
    [{ b: 2 }, { a: 1, b: 2 }],
    ['{"a":1}', '{"b":2,"a":1}', '{"b":2,"c":3}', '{,"b":2}', '{"b":2,}'],
  ],
  [
    { type: 'object', properties: { a: { const: 1 } }, additionalProperties: { const: 0 } },
    [{}, { a: 1 }, { a: 1, aa: 0 }, { b: 0, '': 0 }],
    ['{"a":0}', '{"b":1}', '{"b":0,"a":0}', '{"\\u0061":0}'],
  ],
  [{ type: 'object', propertyNames: { enum: ['x', 'y'] } }, [{}, { x: [1], y: 2 }], ['{"z":1}']],
  [{ enum: [[1, 2], { a: 1 }, 'é'] }, [[1, 2], { a: 1 }, 'é'], ['[1,3]', '[1]', '"e"']],
  [{ format: 'date' }, ['2024-02-28', '1999-12-31'], ['"2024-02-30"', '"2024-13-01"', '"2024-4-01"']],
])(
  'what fits is written as JSON.stringify writes it, what does not is not: %j',
  async ([value, fitting, others]) => {
    for (const one of fitting)
      expect(await writes(schema(value), JSON.stringify(one)), JSON.stringify(one)).toBe(true)
    for (const text of others) expect(await writes(schema(value), text), text).toBe(false)
  },
)

test('a space may follow a comma and a colon, and no other blank is written', async () => {
  const spec: ConstraintSpec = { kind: 'json_object' }
  expect(await writes(spec, '{"a": [1, {}], "b":2}')).toBe(true)
  for (const text of [' {}', '{ }', '{"a":  1}', '{"a":\n1}', '{"a" :1}', '{"a":[1 ]}', '{} ']) {
    expect(await writes(spec, text), text).toBe(false)
  }
})

test('a JSON object is any object and nothing else', async () => {
  const spec: ConstraintSpec = { kind: 'json_object' }
  for (const text of ['{}', '{"a":{"a":null}}', '{"":[[]]}'])
    expect(await writes(spec, text), text).toBe(true)
  for (const text of ['[]', '1', 'null', '"a"']) expect(await writes(spec, text), text).toBe(false)
})

test('a choice is one of the choices, all of it', async () => {
  const spec: ConstraintSpec = { kind: 'choice', choices: ['yes', 'yes please', 'né'] }
  for (const text of ['yes', 'yes please', 'né']) expect(await writes(spec, text), text).toBe(true)
  for (const text of ['ye', 'yes ', 'yesyes', 'n', 'no']) expect(await writes(spec, text), text).toBe(false)
})

test.for<[string, string[], string[]]>([
  ['[a-c]{2}|x*', ['ab', '', 'xxx'], ['a', 'abc', 'axx']],
  ['^\\d+(\\.\\d+)?$', ['1', '12.50'], ['', '.5', '1.']],
  ['(?:🚀|é)+.', ['🚀é!', 'éé'], ['🚀', 'é\n']],
  ['[^]', ['\n', '😀'], ['', 'ab']],
  ['a+?b', ['aab'], ['b', 'aabb']],
])('a regular expression matches the whole reply: %s', async ([pattern, fitting, others]) => {
  for (const text of fitting) expect(await writes({ kind: 'regex', pattern }, text), text).toBe(true)
  for (const text of others) expect(await writes({ kind: 'regex', pattern }, text), text).toBe(false)
})

test('the end is allowed where the reply may end, and is all that may follow where it must', async () => {
  const constraint = await createConstraintCompiler(BYTES).compile({ kind: 'regex', pattern: 'a{1,2}' })
  const steps: [number[], boolean][] = []
  const look = () => steps.push([allowed(constraint, BYTES), constraint.complete])
  const a = 0x61
  look()
  constraint.accept(a)
  look()
  constraint.accept(a)
  look()
  constraint.accept(BYTES.end)
  look()
  expect(steps).toEqual([
    [[a], false],
    [[a, BYTES.end], false],
    [[BYTES.end], true],
    [[], true],
  ])
  expect(() => constraint.accept(a)).toThrow(TypeError)
})

test('an end before its time, a control token and a token that is none are refused and change nothing', async () => {
  const constraint = await createConstraintCompiler(BYTES).compile({ kind: 'choice', choices: ['<'] })
  for (const token of [BYTES.end, BYTES.end + 1, 99_999, -1]) {
    expect(() => constraint.accept(token)).toThrow(TypeError)
  }
  constraint.accept(0x3c)
  expect(constraint.complete).toBe(true)
})

test('tokens that cut a character, and tokens that write the same, are told by their bytes', async () => {
  const rocket = Buffer.from('🚀')
  const words = [
    rocket.subarray(0, 3),
    rocket.subarray(3),
    rocket.subarray(3),
    Buffer.from('"🚀'),
    Buffer.from([0xf0, 0x28]),
  ]
  const vocabulary = byteTokenizer({ words })
  const constraint = await createConstraintCompiler(vocabulary).compile(schema({ const: '🚀🚀' }))
  expect(allowed(constraint, vocabulary)).toEqual([0x22, 259])
  constraint.accept(259)
  expect(allowed(constraint, vocabulary)).toEqual([0xf0, 256])
  constraint.accept(256)
  expect(allowed(constraint, vocabulary)).toEqual([0x80, 257, 258])
  constraint.accept(258)
  expect(allowed(constraint, vocabulary)).toEqual([0x22])
})

test('replies under way do not disturb each other, and a compiled spec is used again', async () => {
  const compiler = createConstraintCompiler(BYTES)
  const spec: ConstraintSpec = { kind: 'choice', choices: ['ab', 'cd'] }
  const [one, two] = [await compiler.compile(spec), await compiler.compile({ ...spec })]
  one.accept(0x61)
  expect(allowed(two, BYTES)).toEqual([0x61, 0x63])
  two.accept(0x63)
  expect(allowed(one, BYTES)).toEqual([0x62])
  one.dispose()
  compiler.dispose()
  expect(allowed(two, BYTES)).toEqual([0x64])
})

let tokenizer: Tokenizer
beforeAll(async () => {
  tokenizer = await realTokenizer()
}, 300_000)

test.for<[string, ConstraintSpec, (text: string) => boolean]>([
  [
    'regex',
    { kind: 'regex', pattern: '(?:[A-Z][a-z]{1,8} ){1,4}\\p{Sc}\\d{1,3}' },
    (t) => /^(?:[A-Z][a-z]{1,8} ){1,4}\p{Sc}\d{1,3}$/u.test(t),
  ],
  [
    'choice',
    { kind: 'choice', choices: ['first', 'second', 'tie', '東京'] },
    (t) => ['first', 'second', 'tie', '東京'].includes(t),
  ],
  ['object', { kind: 'json_object' }, (t) => t.startsWith('{') && typeof JSON.parse(t) === 'object'],
])('random replies over a real vocabulary: %s', async ([, spec, fits]) => {
  const compiler = createConstraintCompiler(tokenizer)
  const walk = createWalker(tokenizer)
  let ended = 0
  for (let seed = 0; seed < 25; seed++) {
    const reply = walk(await compiler.compile(spec), { seed, closing: 0.2 + (seed % 4) * 0.2, most: 60 })
    if (!reply.ended) continue
    ended++
    expect(fits(reply.text), reply.text).toBe(true)
  }
  expect(ended).toBeGreaterThan(5)
})

test('a mask is what accept takes: every token of the vocabulary at every step of a reply', async () => {
  const compiler = createConstraintCompiler(tokenizer)
  const spec = schema({
    properties: { note: { type: 'string', maxLength: 30 }, n: { type: 'integer', maximum: 99 } },
    required: ['note', 'n'],
  })
  const { tokens } = createWalker(tokenizer)(await compiler.compile(spec), { seed: 3, closing: 0.4 })
  for (let length = 0; length <= tokens.length; length += 3) {
    const after = async (): Promise<Constraint> => {
      const constraint = await compiler.compile(spec)
      for (const token of tokens.slice(0, length)) constraint.accept(token)
      return constraint
    }
    const mask = new Set(allowed(await after(), tokenizer))
    let constraint = await after()
    for (let token = length; token < tokenizer.vocabulary; token += 97) {
      let taken = true
      try {
        constraint.accept(token)
      } catch {
        taken = false
      }
      expect(taken, `${token} after ${length}`).toBe(mask.has(token))
      if (taken) constraint = await after()
    }
  }
})

test('what JSON must escape is written as JSON.stringify writes it, and in no other way', async () => {
  const spec = schema({ type: 'string', minLength: 1, maxLength: 1 })
  for (const point of [...Array(0x20).keys(), 0x22, 0x5c]) {
    const written = JSON.stringify(String.fromCharCode(point))
    const long = `"\\u${point.toString(16).padStart(4, '0')}"`
    expect(await writes(spec, written), written).toBe(true)
    expect(await writes(spec, long), long).toBe(long === written)
  }
})

test('bytes make whole characters: no surrogates, nothing beyond the last one, no longer form than needed', async () => {
  const next = async (...bytes: number[]) => {
    const constraint = await createConstraintCompiler(BYTES).compile({ kind: 'regex', pattern: '[^a]' })
    for (const byte of bytes) constraint.accept(byte)
    return allowed(constraint, BYTES)
  }
  const range = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, i) => low + i)
  expect((await next()).filter((byte) => byte >= 0x80)).toEqual(range(0xc2, 0xf4))
  expect(await next(0xe0)).toEqual(range(0xa0, 0xbf))
  expect(await next(0xed)).toEqual(range(0x80, 0x9f))
  expect(await next(0xf0)).toEqual(range(0x90, 0xbf))
  expect(await next(0xf4)).toEqual(range(0x80, 0x8f))
})
