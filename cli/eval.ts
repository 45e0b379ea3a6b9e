import { basename } from 'node:path'
import { Command } from 'commander'
import { serviceFrom } from './client.ts'
import { evaluate } from './eval/evaluation.ts'
import { readPairs } from './eval/pairs.ts'
import { makeProgress } from './eval/progress.ts'
import { makeReport } from './eval/report.ts'
import { renderReport } from './eval/report-text.ts'
import { openResults } from './eval/results-file.ts'
import { reportFailures } from './failure.ts'
import { addJudgingOptions, type JudgingOptions, judgingFields, toCount } from './judging-options.ts'

type EvalOptions = JudgingOptions & {
  output?: string
  concurrency: number
  limit?: number
  retryNulls?: boolean
  json?: boolean
}

/** Exit status of a process that ctrl-C ended. */
const INTERRUPTED = 130

/** `plumbline eval FILE`: how often the judge is right on labelled pairs. */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description('Judge a file of labelled pairs and report how often the judge is right.')
    .argument(
      '<file>',
      'lines {"id"?, "prompt", "responses": [a, b], "label": "first"|"second"|"tie"}, or LLMBar',
    )
    .option(
      '--output <path>',
      'results, a line a pair; a second run goes on from them (default: FILE.results.jsonl here)',
    )
    .option('--concurrency <n>', 'pairs judged at once', toCount, 4)
    .option('--limit <n>', 'only the first n pairs', toCount)
    .option('--retry-nulls', 'judge pairs again that were left without a winner')
    .option('--json', 'print the report as JSON')
  return addJudgingOptions(command).action((file: string, options: EvalOptions) =>
    reportFailures(options.json ?? false, () => run(file, options)),
  )
}

async function run(file: string, options: EvalOptions): Promise<void> {
  const service = serviceFrom(process.env)
  const pairs = readPairs(file).slice(0, options.limit)
  const output = options.output ?? `${basename(file)}.results.jsonl`
  const results = openResults(output)

  const interrupt = new AbortController()
  process.on('SIGINT', () => interrupt.abort())
  process.on('SIGTERM', () => interrupt.abort())
  const started = performance.now()
  try {
    const judged = await evaluate({
      service,
      pairs,
      fields: judgingFields(options),
      results,
      concurrency: options.concurrency,
      retryNulls: options.retryNulls ?? false,
      progress: makeProgress(process.stderr),
      signal: interrupt.signal,
    })
    const report = makeReport(basename(file), judged, (performance.now() - started) / 1000)
    console.log(options.json ? JSON.stringify(report) : renderReport(report))
    if (!options.json) console.log(`results                   ${output}`)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    console.error(`Stopped: the results so far are in '${output}', the same command goes on from there.`)
    process.exitCode = INTERRUPTED
  }
}
