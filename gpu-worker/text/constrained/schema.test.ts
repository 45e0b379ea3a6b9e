import { Validator } from '@cfworker/json-schema'
import { beforeAll, expect, test } from 'vitest'
import type { JsonSchema } from '../../../shared/model/language-model.ts'
import type { ConstraintCompiler } from '../constraint.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { createConstraintCompiler } from './compiler.ts'
import { allowed, createWalker, realTokenizer } from './testing/walk.ts'

let tokenizer: Tokenizer
let compiler: ConstraintCompiler
let walk: ReturnType<typeof createWalker>
beforeAll(async () => {
  tokenizer = await realTokenizer()
  compiler = createConstraintCompiler(tokenizer)
  walk = createWalker(tokenizer)
}, 300_000)

const text = { type: 'string' }
const object = (properties: Record<string, unknown>, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

const VERDICTS = object({
  verdicts: {
    type: 'array',
    items: object({
      criterion: { type: 'string', enum: ['c01', 'c02', 'c03'] },
      evidence: text,
      reason: text,
      verdict: { type: 'number', enum: [-2, -1, 0, 1, 2] },
    }),
  },
})

const SCHEMAS: Record<string, JsonSchema> = {
  'the judge: verdicts': VERDICTS,
  'the judge: a rubric': object({
    criteria: {
      type: 'array',
      items: object({
        title: text,
        description: text,
        level: { type: 'string', enum: ['fatal', 'core', 'important', 'highlight'] },
        clause: { anyOf: [text, { type: 'null' }] },
      }),
    },
  }),
  'nested objects': object({ a: object({ b: object({ c: { type: 'boolean' } }) }), 'd e': { type: 'null' } }),
  'arrays with bounds': { type: 'array', items: { type: 'boolean' }, minItems: 2, maxItems: 4 },
  'an array of one': { type: 'array', items: text, minItems: 1, maxItems: 1 },
  'an empty array': { type: 'array', maxItems: 0 },
  'arrays of arrays': {
    type: 'array',
    items: { type: 'array', items: { enum: [1, 2] }, maxItems: 2 },
    minItems: 1,
  },
  'a tuple': {
    type: 'array',
    prefixItems: [{ type: 'integer' }, { type: 'null' }],
    items: { const: 'x' },
    minItems: 1,
    maxItems: 4,
  },
  'a tuple and nothing more': { prefixItems: [{ type: 'boolean' }, text], items: false },
  'an enum of everything': { enum: [1, 1.5, -0, 'a"b\\\n', null, true, [1, { a: 2 }], { b: [] }, 'é 🚀 東'] },
  'a constant': { const: { k: ['v', 1e21, 1e-7] } },
  'a union': {
    anyOf: [{ type: 'integer' }, object({ a: text }), object({ a: { type: 'integer' }, b: text })],
  },
  'one of several': {
    oneOf: [
      object({ kind: { const: 'a' }, x: { type: 'integer' } }),
      object({ kind: { const: 'b' }, y: text }),
      { type: 'null' },
    ],
  },
  'all of several': {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer', minimum: 3 } }, required: ['a'] },
      { properties: { a: { maximum: 5 }, b: text }, required: ['b'] },
    ],
  },
  'a tree': {
    $defs: { node: object({ name: text, children: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
    $ref: '#/$defs/node',
  },
  'a list through the root': object({
    head: { enum: ['x'] },
    tail: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
  }),
  'an ambiguous recursion': {
    $defs: {
      a: {
        anyOf: [
          { type: 'array', items: { $ref: '#/$defs/a' } },
          { type: 'array', items: { $ref: '#/$defs/b' } },
        ],
      },
      b: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'array', items: { $ref: '#/$defs/a' }, maxItems: 2 }] },
    },
    $ref: '#/$defs/a',
  },
  'a reference with conditions': {
    $defs: { n: { type: 'integer', minimum: 0 } },
    type: 'array',
    items: { $ref: '#/$defs/n', maximum: 12, description: 'a month' },
  },
  'strings of a length': { type: 'string', minLength: 3, maxLength: 9 },
  'strings of one length': { type: 'string', minLength: 2, maxLength: 2 },
  'long strings': { type: 'string', minLength: 40, maxLength: 1_000_000_000 },
  'a pattern': { type: 'string', pattern: '^[a-z]+(?:-\\d{2,3})?$' },
  'a pattern somewhere': { type: 'string', pattern: 'x[0-9]|^$', maxLength: 12 },
  'a pattern with escapes': { type: 'string', pattern: '^["\\\\\\n\\u0001é🚀-🚶]{2,5}$' },
  'letters of all scripts': { type: 'string', pattern: '^\\p{L}{1,6}$' },
  integers: { type: 'integer' },
  'integers with bounds': { type: 'integer', minimum: -17, maximum: 1203 },
  'integers between': { type: 'integer', exclusiveMinimum: -1.5, exclusiveMaximum: 3 },
  'safe integers': { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
  numbers: { type: 'number' },
  'numbers with bounds': { type: 'number', minimum: -0.25, maximum: 3.75 },
  'numbers between': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  'large numbers between': { type: 'number', exclusiveMinimum: 999_999, exclusiveMaximum: 1_000_001.5 },
  'negative numbers': { type: 'number', exclusiveMaximum: -10.5 },
  'numbers from a bound': { type: 'number', minimum: 1e-9 },
  'optional properties': {
    type: 'object',
    properties: { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } },
    required: ['b'],
  },
  'a map': { type: 'object', additionalProperties: { type: 'integer' } },
  'a map with names': {
    type: 'object',
    propertyNames: { pattern: '^[a-c]{1,2}$' },
    additionalProperties: { enum: [true, 'x'] },
  },
  'properties and others': {
    type: 'object',
    properties: { ab: text, a: { type: 'null' } },
    required: ['a', 'z'],
    additionalProperties: { type: 'integer' },
  },
  'names to escape': object({ 'a"b': { const: 1 }, 'é\n': { const: 2 }, __proto__x: { const: 3 } }),
  anything: {},
  'any object': { type: 'object' },
  'any array': { type: 'array', maxItems: 3 },
  'several types': { type: ['integer', 'null', 'array'], minimum: 5, maxItems: 1 },
  'types told by keywords': { minLength: 2, minimum: 4 },
  'a date': { type: 'string', format: 'date' },
  'a moment': { format: 'date-time' },
  'an address': { format: 'email' },
  'an identifier': { format: 'uuid' },
  'a forbidden property': { type: 'object', properties: { a: false, b: { const: 1 } } },
  'an impossible branch': { anyOf: [{ type: 'integer', minimum: 5, maximum: 4 }, { const: 'only' }] },
}

for (const [name, schema] of Object.entries(SCHEMAS)) {
  test(`whatever tokens a model picks, a reply that ended fits: ${name}`, async () => {
    const validator = new Validator(schema, '2020-12', false)
    let ended = 0
    for (let seed = 0; seed < 20; seed++) {
      const constraint = await compiler.compile({ kind: 'json_schema', schema })
      const reply = walk(constraint, { seed, closing: (seed % 5) * 0.2, most: 80 })
      if (!reply.ended) continue
      ended++
      const result = validator.validate(JSON.parse(reply.text))
      expect(result.errors, reply.text).toEqual([])
    }
    expect(ended).toBeGreaterThan(4)
  })
}

test('blanks come one at a time, so that a model which writes nothing else comes to an end', async () => {
  const constraint = await compiler.compile({ kind: 'json_schema', schema: VERDICTS })
  const isBlank = (id: number) => /^\s+$/.test(Buffer.from(tokenizer.bytes(id)).toString())
  let blanks = 0
  for (let steps = 0; steps < 200 && !constraint.complete; steps++) {
    const choices = allowed(constraint, tokenizer)
    const blank = choices.find((id) => isBlank(id) && !tokenizer.ends.has(id))
    const quote = choices.find((id) => Buffer.from(tokenizer.bytes(id)).toString() === '"')
    const inString = choices.length > 1000
    const next = (inString ? quote : blank) ?? choices.find((id) => !tokenizer.ends.has(id)) ?? 0
    blanks = isBlank(next) ? blanks + 1 : 0
    expect(blanks).toBeLessThanOrEqual(1)
    constraint.accept(next)
  }
})
