import { basename } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import * as z from 'zod'
import { metaRubric } from '../shared/protocol/rubric.ts'
import { get, type Service, serviceFrom } from './client.ts'
import { compareVariants } from './eval/compare-text.ts'
import { readSuite } from './eval/layouts/layouts.ts'
import { renderMarkdown } from './eval/markdown.ts'
import { makeProgress } from './eval/progress.ts'
import { renderReport } from './eval/report-text.ts'
import { result } from './eval/result.ts'
import { readRows } from './eval/rows.ts'
import { runVariants, type VariantReport } from './eval/run.ts'
import { safetyLine } from './eval/safety.ts'
import { ABLATIONS, type Ablation, ablate, full, requireParts, type Variant } from './eval/variants.ts'
import { Failure, reportFailures } from './failure.ts'
import { goesOn, interruptible } from './interruptible.ts'
import { addJudgingOptions, type JudgingOptions, judgingFields, toCount, toWhole } from './judging-options.ts'
import { openLines } from './kept-lines.ts'
import { writeText } from './write-text.ts'

type EvalOptions = JudgingOptions & {
  output?: string
  responses?: string
  rate: 'pointwise' | 'openrs'
  models?: string[]
  ablate: Ablation[]
  withReference?: boolean
  repeats: number
  concurrency: number
  limit?: number
  retryNulls?: boolean
  replay?: boolean
  markdown?: string
  plot?: string
  json?: boolean
}

/** `plumbline eval FILE`: how often the judge is right on a benchmark, and whether its reward is fit to train on. */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description(
      'Judge a benchmark, report how often the judge is right, and whether its reward is safe to train on.',
    )
    .argument(
      '<file>',
      'lines {"id"?, "prompt", "responses": [a, b], "label": "first"|"second"|"tie"}, or the file of LLMBar, JudgeBench, RewardBench 2, RM-Bench, Auto-J, PandaLM, HealthBench, IFEval or IFBench as it is published',
    )
    .option(
      '--output <path>',
      'results, a line a task; a second run goes on from them (default: FILE.results.jsonl here)',
    )
    .option('--responses <path>', 'the responses to score, where the benchmark holds prompts alone')
    .addOption(
      new Option('--rate <how>', 'RewardBench 2: each response by itself, or all against each other')
        .choices(['pointwise', 'openrs'])
        .default('pointwise'),
    )
    .option('--models <ids>', 'model entries to hold against each other, the first as the base', toList)
    .option('--ablate <parts>', `what to leave out, one at a time: ${ABLATIONS.join(',')}`, toParts, [])
    .option('--with-reference', 'show the judge the true answer where the benchmark has one (reported apart)')
    .option('--repeats <n>', 'tasks asked again past the record, for the noise of the reward', toWhole, 5)
    .option('--concurrency <n>', 'tasks under way at once', toCount, 4)
    .option('--limit <n>', 'only the first n items of the file', toCount)
    .option('--retry-nulls', 'do tasks again that were left without a result')
    .option('--replay', 'make the report from the results alone, without any service')
    .option('--markdown <path>', 'write the report as Markdown too')
    .option('--plot <path>', 'draw accuracy against tokens as an SVG')
    .option('--json', 'print the report as JSON')
  return addJudgingOptions(command).action((file: string, options: EvalOptions) =>
    reportFailures(options.json ?? false, () => run(file, options)),
  )
}

async function run(file: string, options: EvalOptions): Promise<void> {
  const service = serviceFrom(process.env)
  const responses = options.responses === undefined ? null : readRows(options.responses)
  const { rate, limit = null } = options
  const suite = readSuite(file, { responses, rate, limit })
  const output = options.output ?? `${basename(file)}.results.jsonl`
  const results = openLines(output, result, { option: '--output', readOnly: options.replay ?? false })
  await interruptible(goesOn(`the results so far are in '${output}'`), async (signal) => {
    const evaluation = {
      service,
      results,
      concurrency: options.concurrency,
      retryNulls: options.retryNulls ?? false,
      replay: options.replay ?? false,
      progress: makeProgress(process.stderr, suite.tasks[0]?.kind === 'pair' ? 'pairs' : 'tasks'),
      withReference: options.withReference ?? false,
      withConstraints: true,
      signal,
    }
    const variants = await variantsOf(options, service)
    if (options.ablate.length > 0) requireParts(options.ablate, suite)
    const reports = await runVariants(evaluation, suite, variants, {
      file: basename(file),
      repeats: options.repeats,
    })
    await tell(reports, output, options)
  })
}

/** The ways in which the tasks are done: the first model in full, then without each part, then the other models. */
async function variantsOf(options: EvalOptions, service: Service): Promise<[Variant, ...Variant[]]> {
  const { models = [], ablate: parts } = options
  const given = judgingFields(options)
  const ofModel = (model: string) => ({
    ...full({ ...given, model }),
    name: model,
    about: `judged by ${model}`,
  })
  const [base, ...others] = models
  const fields = base === undefined ? given : { ...given, model: base }
  const clauses = parts.includes('adaptive') ? await clausesOf(service, options.metaRubric ?? 'general') : []
  return [
    base === undefined ? full(given) : ofModel(base),
    ...parts.map((part) => ablate(part, fields, clauses)),
    ...others.map(ofModel),
  ]
}

async function clausesOf(service: Service, reference: string) {
  const { data } = await get(service, '/v1/meta-rubrics', z.object({ data: z.array(metaRubric) }))
  const [name, version] = reference.split('@')
  const found = data
    .filter((one) => one.name === name && (version === undefined || String(one.version) === version))
    .toSorted((a, b) => b.version - a.version)[0]
  if (found) return found.clauses
  throw new Failure(`No meta-rubric is called '${reference}'.`)
}

/** Files first, since a report that could not be written should not read as done; the warning light is the last line. */
async function tell(
  reports: VariantReport[],
  output: string,
  { json, markdown, plot }: EvalOptions,
): Promise<void> {
  const [first] = reports
  if (!first) return
  if (markdown !== undefined) writeText(markdown, renderMarkdown(reports))
  if (plot !== undefined) {
    // the drawing library takes longer to load than the rest of the command
    const { drawReports } = await import('./eval/plot.ts')
    writeText(plot, `${await drawReports(reports)}\n`)
  }
  if (json) {
    console.log(JSON.stringify(reports.length === 1 ? first.report : { ...first.report, variants: reports }))
    return
  }
  console.log(`results                   ${output}`)
  for (const { name, report } of reports) {
    console.log(reports.length === 1 ? renderReport(report) : `\n${name}\n${renderReport(report)}`)
  }
  if (reports.length > 1) console.log(`\n${compareVariants(reports)}`)
  console.log(`\n${safetyLine(first.report.safety)}`)
}

const toList = (text: string) => text.split(',').map((one) => one.trim())

function toParts(text: string): Ablation[] {
  return toList(text).map((name) => {
    const part = ABLATIONS.find((one) => one === name)
    if (part === undefined) throw new InvalidArgumentError(`'${name}' is none of ${ABLATIONS.join(', ')}.`)
    return part
  })
}
