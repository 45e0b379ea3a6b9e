import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { IFEVAL } from '../../shared/verify/instructions/instructions.ts'
import { type VerifierSpec, verifierSpec } from '../../shared/verify/verifiers.ts'
import { verify } from '../../shared/verify/verify.ts'

/**
 * Checks a second of IFEval's instructions, ours beside the Python reference's, on the same responses with the same
 * arguments: each prompt of IFEval with a response of IFBench's sample. Prints a JSON object a line.
 *
 *   node bench/verifiers/run.ts --python PYTHON_WITH_LM_EVAL --data FOLDER_OF_IFEVAL_AND_IFBENCH [--seconds 10]
 */
const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    seconds: { type: 'string', default: '10' },
  },
})
if (values.python === undefined)
  throw new Error('Name a Python that has lm-eval and NLTK data with --python.')
const seconds = Number(values.seconds)

type Case = { kind: string; kwargs: Record<string, unknown>; response: string }

const readLines = (path: string) =>
  readFileSync(join(values.data, path), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const responses: { response: string }[] = readLines('ifbench/sample_output.jsonl')
const prompts: { instruction_id_list: string[]; kwargs: Record<string, unknown>[] }[] =
  readLines('ifeval/input_data.jsonl')
const cases: Case[] = prompts.flatMap(({ instruction_id_list, kwargs }, index) =>
  instruction_id_list.map((kind, at) => ({
    kind,
    kwargs: kwargs[at] ?? {},
    response: responses[index % responses.length]?.response ?? '',
  })),
)

/** These wait for a language to be told, in both implementations most of their time. */
const READS_LANGUAGE = new Set([
  'language:response_language',
  'change_case:english_capital',
  'change_case:english_lowercase',
])

await measure('all', cases)
await measure(
  'without_language',
  cases.filter(({ kind }) => !READS_LANGUAGE.has(kind)),
)
for (const kind of Object.keys(IFEVAL)) {
  await measure(
    kind,
    cases.filter((one) => one.kind === kind),
  )
}

async function measure(name: string, own: Case[]): Promise<void> {
  const [ours, reference] = [await timeOurs(own), timeReference(own)]
  console.log(
    JSON.stringify({
      name: `verifiers/ifeval/${name}`,
      value: Math.round(ours),
      unit: 'checks/s',
      against: `${Math.round(reference)} checks/s of the Python reference`,
      ratio: Number((ours / reference).toFixed(2)),
    }),
  )
}

/**
 * The whole way of `POST /v1/verify` behind the parsing: one call a response, one check a call. Each pass reads texts
 * that no pass has read before, in the reference too, so that nothing remembered counts.
 */
async function timeOurs(own: Case[]): Promise<number> {
  const calls: [spec: VerifierSpec, response: string][] = own.map(({ kind, kwargs, response }) => [
    verifierSpec.parse({ kind, ...kwargs }),
    response,
  ])
  const pass = async (number: number) => {
    for (const [spec, response] of calls) {
      await verify([spec], { prompt: null, response: `${response}\n${number}` })
    }
  }
  await pass(0)
  const started = performance.now()
  let done = 0
  while (performance.now() - started < seconds * 1000) {
    done += calls.length
    await pass(done)
  }
  return (done * 1000) / (performance.now() - started)
}

function timeReference(own: Case[]): number {
  const path = join(mkdtempSync(join(tmpdir(), 'plumbline-verifiers-')), 'cases.jsonl')
  writeFileSync(path, own.map((one) => JSON.stringify(one)).join('\n'))
  const script = new URL('reference.py', import.meta.url).pathname
  const output = execFileSync(values.python ?? '', [script, path, String(seconds)], { encoding: 'utf8' })
  return JSON.parse(output.trim().split('\n').at(-1) ?? '').checks_per_second
}
