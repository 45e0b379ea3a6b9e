import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Eval } from '../../../shared/evals/eval.ts'
import type { EvalRun } from '../../../shared/evals/run.ts'
import type { Surroundings } from '../../../shared/graders/grader.ts'
import { openSqlite } from '../server/sqlite.ts'
import type { Sql } from '../sql.ts'
import { createEvalDesk, type OwnEvalDesk } from './desk.ts'

const ORGANISATION = 'o'
const HOUR = 3600
const ROWS = 20
const TEMPLATE = [{ role: 'user' as const, content: '{{item.n}}' }]

let sql: Sql
let calls: number
let desks: OwnEvalDesk[]
beforeEach(() => {
  sql = openSqlite(':memory:')
  calls = 0
  desks = []
})
afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.stop()))
})

const answering: Surroundings['policy'] = () => ({
  verdicts: 'generate',
  async generate() {
    calls++
    await new Promise((resolve) => setTimeout(resolve, 10))
    return { text: 'x', finish: 'stop', tokens: { prompt: 1, completion: 1, cached: 0 } }
  },
})

/** A desk of a process of its own over the one SQLite. */
function open(): OwnEvalDesk {
  const desk = createEvalDesk({
    sql,
    now: Date.now,
    surroundings: () => ({
      model: answering,
      policy: answering,
      judge: () => null,
      embed: async () => [],
      sandbox: { languages: [], run: () => Promise.reject(new Error('not here')) },
    }),
    complain: (_, cause) => {
      throw cause
    },
  })
  desks.push(desk)
  return desk
}

const graded: Eval = {
  object: 'eval',
  id: 'eval_1',
  name: '',
  created_at: 1,
  data_source_config: { type: 'custom' },
  testing_criteria: [
    { type: 'string_check', name: 'c', input: '{{sample.output_text}}', reference: 'x', operation: 'eq' },
  ],
  metadata: {},
}
const runOf = (id: string, created_at: number): EvalRun => ({
  object: 'eval.run',
  id,
  eval_id: graded.id,
  name: '',
  created_at,
  status: 'queued',
  model: 'm',
  data_source: {
    type: 'completions',
    model: 'm',
    source: { type: 'file_content', content: [] },
    input_messages: { type: 'template', template: TEMPLATE },
  },
  error: null,
  metadata: {},
  result_counts: { total: ROWS, passed: 0, failed: 0, errored: 0 },
  per_testing_criteria_results: [],
  per_model_usage: [],
})
const rows = Array.from({ length: ROWS }, (_, n) => ({ item: { n } }))

async function announce(desk: OwnEvalDesk, run: EvalRun): Promise<void> {
  await desk.keepEval(ORGANISATION, graded)
  await desk.announceRun(ORGANISATION, run, 'payer')
  await desk.keepRows(ORGANISATION, run.id, 0, rows)
}
const count = (table: string) => Number(sql.all(`select count(*) as count from ${table}`)[0]?.count)

it('two processes on one SQLite ask about each row once', async () => {
  const [one, other] = [open(), open()]
  await announce(one, runOf('r', 1))
  await one.openRun(ORGANISATION, 'r')
  for (const desk of [one, other, one]) await desk.work(ORGANISATION, graded.id, 'r')
  await expect
    .poll(async () => (await other.run(ORGANISATION, graded.id, 'r'))?.status, { timeout: 10_000 })
    .toBe('completed')
  expect([calls, count('eval_items')]).toEqual([ROWS, ROWS])
})

describe('a run whose making broke off', () => {
  it('is shown to nobody and graded by nobody', async () => {
    const desk = open()
    await announce(desk, runOf('r', 1))
    desk.resume()
    await desk.work(ORGANISATION, graded.id, 'r')
    expect(await desk.runs(ORGANISATION, graded.id)).toEqual([])
    expect(await desk.run(ORGANISATION, graded.id, 'r')).toBe(null)
    expect([desk.busy(), calls]).toEqual([false, 0])
  })

  it('leaves nothing when an hour later another is made', async () => {
    const desk = open()
    await announce(desk, runOf('old', 1))
    await announce(desk, runOf('soon', HOUR))
    expect(count('eval_rows')).toBe(2 * ROWS)
    await announce(desk, runOf('late', HOUR + 2))
    expect([count('eval_rows'), count('eval_runs')]).toEqual([2 * ROWS, 2])
  })

  it('does not come back once its eval is deleted', async () => {
    const desk = open()
    await announce(desk, runOf('r', 1))
    await desk.deleteEval(ORGANISATION, graded.id)
    expect(await desk.openRun(ORGANISATION, 'r')).toBe(false)
    expect(count('eval_rows')).toBe(0)
  })
})
