import { Validator } from '@cfworker/json-schema'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ConstraintCompiler } from '../constraint.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { createConstraintCompiler } from './compiler.ts'
import { createWalker, realTokenizer } from './testing/walk.ts'

let tokenizer: Tokenizer
let compiler: ConstraintCompiler
beforeAll(async () => {
  tokenizer = await realTokenizer()
  compiler = createConstraintCompiler(tokenizer)
}, 300_000)

const small = fc.integer({ min: 0, max: 4 })
const bound = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -5, max: 5, noNaN: true }))
const name = fc.constantFrom('a', 'ab', 'b"', 'é')
const constant = fc.constantFrom(null, true, 0, 2, -1.5, '', 'a', 'é"\\', [1], { a: 1 })
const optional = { requiredKeys: [] }

/** Schemas of all keywords that are enforced, with combinations that contradict each other now and then. */
const { schema } = fc.letrec<{ schema: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ type: fc.constant('integer'), minimum: bound, maximum: bound }, { requiredKeys: ['type'] }),
    fc.record({ minimum: bound, exclusiveMaximum: bound }, { requiredKeys: ['minimum'] }),
    fc.record({ exclusiveMinimum: bound, maximum: bound }, { requiredKeys: ['maximum'] }),
    fc.record(
      { type: fc.constant('string'), minLength: small, maxLength: small },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      { pattern: fc.constantFrom('^a*$', 'b', '^[^a]', 'é?$', '^.{2}$'), maxLength: small },
      optional,
    ),
    fc.record({ enum: fc.array(constant, { maxLength: 3 }) }),
    fc.record({ const: constant }),
    fc.constantFrom(true, false, {}, { $ref: '#/$defs/list' }, { $ref: '#' }, { type: ['null', 'boolean'] }),
  ),
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record(
      { type: fc.constant('array'), items: tie('schema'), minItems: small, maxItems: small },
      { requiredKeys: ['type', 'items'] },
    ),
    fc.record({ prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }), items: tie('schema') }),
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }),
        required: fc.uniqueArray(name, { maxLength: 2 }),
        additionalProperties: tie('schema'),
      },
      { requiredKeys: ['type'] },
    ),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $ref: fc.constant('#/$defs/list'), maxItems: small }),
  ),
}))

const $defs = { list: { type: 'array', items: { anyOf: [{ type: 'boolean' }, { $ref: '#/$defs/list' }] } } }

test('any schema is refused with a sentence, or each reply that ends fits it and none gets stuck', async () => {
  const walk = createWalker(tokenizer)
  let ended = 0
  const check = fc.asyncProperty(schema, fc.nat(), async (body, seed) => {
    const document = typeof body === 'object' ? { ...body, $defs } : body ? {} : { enum: [] }
    const constraint = await compiler
      .compile({ kind: 'json_schema', schema: document })
      .catch((error: unknown) => {
        expect(error).toBeInstanceOf(PlumblineError)
        expect(error).toMatchObject({ code: 'invalid_request' })
      })
    if (!constraint) return
    const reply = walk(constraint, { seed, closing: 0.5, most: 40 })
    if (!reply.ended) return
    ended++
    const result = new Validator(document, '2020-12', false).validate(JSON.parse(reply.text))
    expect(result.errors, reply.text).toEqual([])
  })
  await fc.assert(check, { numRuns: Number(process.env.RUNS ?? 300), seed: Number(process.env.SEED ?? 7) })
  expect(ended).toBeGreaterThan(100)
}, 120_000)
