import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importRequest } from '../shared/evals/imported.ts'
import { plumbline } from './testing/command.ts'

const evalOf = {
  object: 'eval',
  id: 'eval_1',
  name: 'e',
  created_at: 1,
  metadata: null,
  data_source_config: { type: 'logs' },
  testing_criteria: [],
}
const runOf = {
  object: 'eval.run',
  id: 'evalrun_1',
  eval_id: 'eval_1',
  name: 'r',
  created_at: 1,
  status: 'completed',
  model: null,
  data_source: { type: 'jsonl' },
  error: null,
  metadata: null,
  result_counts: { total: 1, passed: 1, failed: 0, errored: 0 },
  per_testing_criteria_results: null,
  per_model_usage: null,
}
const itemOf = (n: number, more = '') => ({
  object: 'eval.run.output_item',
  id: `outputitem_${n}`,
  eval_id: 'eval_1',
  run_id: 'evalrun_1',
  created_at: 1,
  status: 'pass',
  datasource_item_id: n,
  datasource_item: { more },
  results: [],
  sample: null,
})

let folder: string
let calls: { evals: number; runs: number; output_items: number }[]
let server: ReturnType<typeof createServer>
let env: Record<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-'))
  calls = []
  server = createServer(async (request, response) => {
    const { evals, runs, output_items } = importRequest.parse(JSON.parse(await text(request)))
    calls.push({ evals: evals.length, runs: runs.length, output_items: output_items.length })
    const renamed = (all: { id: string }[]) => Object.fromEntries(all.map(({ id }) => [id, `${id}_here`]))
    const reply = { evals: renamed(evals), runs: renamed(runs), output_items: output_items.length }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'eval.import', ...reply }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  env = { PLUMBLINE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

it('sends what the files hold in the order in which it belongs together, in calls of a size that is taken', async () => {
  const items = Array.from({ length: 5 }, (_, n) => JSON.stringify(itemOf(n, 'x'.repeat(900_000))))
  const paths = [
    file('items.jsonl', `\uFEFF${items.join('\r\n')}\n`),
    file('rest.json', JSON.stringify({ data: [{ eval: evalOf, runs: { object: 'list', data: [runOf] } }] })),
  ]
  const { stdout, code } = await plumbline(['evals', 'import', ...paths], { env })
  expect([code, stdout]).toEqual([0, 'eval_1 is now eval_1_here\n1 evals, 1 runs, 5 output items\n'])
  expect(calls).toEqual([
    { evals: 1, runs: 0, output_items: 0 },
    { evals: 0, runs: 1, output_items: 0 },
    { evals: 0, runs: 0, output_items: 2 },
    { evals: 0, runs: 0, output_items: 2 },
    { evals: 0, runs: 0, output_items: 1 },
  ])
  const { stdout: json } = await plumbline(['evals', 'import', '--json', ...paths], { env })
  expect(JSON.parse(json)).toMatchObject({ evals: { eval_1: 'eval_1_here' }, output_items: 5 })
})

it('says in a sentence what can not be read', async () => {
  const wrong: [string, string][] = [
    [join(folder, 'none.json'), "Can't read"],
    [file('other.json', '{"object":"chat.completion"}'), 'holds no eval, run or output item'],
    [file('broken.jsonl', `${JSON.stringify(evalOf)}\n{"half`), 'Line 2'],
    [file('empty.json', ''), 'holds no eval'],
  ]
  for (const [path, sentence] of wrong) {
    const { code, stderr } = await plumbline(['evals', 'import', path], { env })
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
  }
  expect(calls).toEqual([])
})
