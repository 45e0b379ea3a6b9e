import { Validator } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import type { JsonSchema } from '../../../shared/model/language-model.ts'
import { judgePair, judgePoint, pair, written } from '../../../shared/testing/judge-request.ts'
import { recordingModel } from '../../../shared/testing/recording-model.ts'
import { createConstraintCompiler } from './compiler.ts'
import { createWalker, realTokenizer } from './testing/walk.ts'

/** The schemas that the judge asks replies of, by name. */
async function judgeSchemas(): Promise<Map<string, JsonSchema>> {
  const model = recordingModel(written)
  const request = pair('GOOD', 'bad')
  await judgePair(model, request)
  await judgePair(model, { ...request, mode: 'single' })
  await judgePoint(model, request.responses[0])
  await judgePoint(model, request.responses[0], { scoring: 'implicit' })
  return new Map(
    model.asked.flatMap(({ options }) =>
      'schema' in options && options.schema ? [[options.schema.name, options.schema.schema]] : [],
    ),
  )
}

const ROUNDS = 2

test("the judge's own schemas: every reply fits, and a token costs little beside a forward pass", async () => {
  const tokenizer = await realTokenizer()
  const walk = createWalker(tokenizer)
  const schemas = await judgeSchemas()
  expect([...schemas.keys()].toSorted()).toEqual([
    'difference',
    'intent',
    'met',
    'rate',
    'rubric',
    'single',
    'verdicts',
  ])
  let ended = 0
  for (const [name, schema] of schemas) {
    const validator = new Validator(schema, '2020-12', false)
    const compiler = createConstraintCompiler(tokenizer)
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const constraint = await compiler.compile({ kind: 'json_schema', schema })
      const reply = walk(constraint, { seed: 10 + round, closing: 0.3, most: 300 })
      if (round > 0) times.push(...reply.times)
      if (!reply.ended) continue
      ended++
      expect(validator.validate(JSON.parse(reply.text)).errors, reply.text).toEqual([])
    }
    const median = times.toSorted((one, other) => one - other)[times.length >> 1]
    expect(median, name).toBeLessThan(5)
  }
  expect(ended).toBeGreaterThan(schemas.size)
}, 120_000)
