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
  return new Map(
    model.asked.flatMap(({ options }) =>
      'schema' in options && options.schema ? [[options.schema.name, options.schema.schema]] : [],
    ),
  )
}

const sorted = (times: readonly number[]) => times.toSorted((a, b) => a - b)
const median = (times: readonly number[]) => sorted(times)[times.length >> 1] ?? Number.NaN
const worst = (times: readonly number[]) => Math.max(...times)
const shown = (times: readonly number[]) => `${median(times).toFixed(3)} / ${worst(times).toFixed(2)}`

test("the judge's own schemas: every reply fits, and a token costs little beside a forward pass", async () => {
  const tokenizer = await realTokenizer()
  const walk = createWalker(tokenizer)
  const schemas = await judgeSchemas()
  expect([...schemas.keys()].toSorted()).toEqual([
    'difference',
    'intent',
    'met',
    'rubric',
    'single',
    'verdicts',
  ])
  const lines: string[] = []
  for (const [name, schema] of schemas) {
    const validator = new Validator(schema, '2020-12', false)
    const compiles: number[] = []
    const first: number[] = []
    const again: number[] = []
    for (let round = 0; round < 5; round++) {
      const compiler = createConstraintCompiler(tokenizer)
      for (const times of [first, again]) {
        const start = performance.now()
        const constraint = await compiler.compile({ kind: 'json_schema', schema })
        if (times === first) compiles.push(performance.now() - start)
        const reply = walk(constraint, { seed: 10 + round, closing: 0.3, most: 300 })
        times.push(...reply.times)
        if (reply.ended) expect(validator.validate(JSON.parse(reply.text)).errors, reply.text).toEqual([])
      }
    }
    lines.push(`${name}: compile ${shown(compiles)}, token ${shown(first)}, in a later reply ${shown(again)}`)
    expect(median(again)).toBeLessThan(5)
  }
  console.log(`Milliseconds, median / worst, ${tokenizer.vocabulary} tokens\n${lines.join('\n')}`)
}, 120_000)
