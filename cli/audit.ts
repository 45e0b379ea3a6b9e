import { basename } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type Answer, type Audit, askAll, costOf, type Question } from './audit/audit.ts'
import { SECTIONS } from './audit/sections.ts'
import { serviceFrom } from './client.ts'
import { readPairs } from './eval/layouts/layouts.ts'
import { makeProgress } from './eval/progress.ts'
import { reportFailures } from './failure.ts'
import { type Finding, keepsLimit, renderFindings } from './finding.ts'
import { goesOn, interruptible } from './interruptible.ts'
import { addJudgingOptions, type JudgingOptions, judgingFields, toCount, toShare } from './judging-options.ts'
import { writeText } from './write-text.ts'

type AuditOptions = JudgingOptions & {
  sections: string[]
  sample: number
  repeats: number
  self?: string
  cascade?: [string, string]
  target: number
  limit?: number
  concurrency: number
  output?: string
  json?: boolean
}

/** What the report says of one topic. */
type SectionReport = { name: string; findings: Finding[]; detail?: unknown }

/** `plumbline audit FILE`: the ways in which a judge goes wrong, in one report. */
export function auditCommand(): Command {
  const names = SECTIONS.map(({ name }) => name)
  const command = new Command('audit')
    .description(
      'Report the biases, the calibration and the weak spots of a judge on a file of labelled pairs.',
    )
    .argument('<file>', 'pairs as for eval; lines may carry "authors": [a, b] and "annotators": [labels]')
    .option('--sections <names>', `some of ${names.join(',')}`, (text) => toSections(text, names), names)
    .option('--sample <n>', 'pairs for the sections that judge more', toCount, 20)
    .option('--repeats <n>', 'further judgments of a pair for stability', toCount, 2)
    .option('--self <name>', 'the author whose responses are the judge’s own')
    .option('--cascade <small,large>', 'two model entries to weigh against each other', toCascade)
    .option('--target <share>', 'right answers that a threshold of confidence is sought for', toShare, 0.9)
    .option('--limit <n>', 'only the first n pairs', toCount)
    .option('--concurrency <n>', 'pairs judged at once', toCount, 4)
    .option('--output <path>', 'write the report as JSON too')
    .option('--json', 'print the report as JSON')
  return addJudgingOptions(command).action((file: string, options: AuditOptions) =>
    reportFailures(options.json ?? false, () => run(file, options)),
  )
}

async function run(file: string, options: AuditOptions): Promise<void> {
  const service = serviceFrom(process.env)
  const pairs = readPairs(file).slice(0, options.limit)
  const progress = makeProgress(process.stderr)
  await interruptible(goesOn('what was judged is in the service’s record'), async (signal) => {
    const ask = async (questions: Question[]) => {
      if (questions.length === 0) return []
      let done = 0
      progress.start(questions.length, 0)
      const told = () => progress.done(++done)
      const { concurrency } = options
      const asking = { fields: judgingFields(options), concurrency, signal, done: told }
      return askAll(service, questions, asking).finally(() => progress.stop())
    }
    const answers = await ask(pairs.map(({ prompt, responses }) => ({ prompt, responses })))
    const judged = pairs.flatMap((pair, index) => {
      const answer = answers[index]
      return answer === undefined ? [] : [{ pair, answer }]
    })
    const { self = null, cascade = null, repeats, target } = options
    const settings = { self, cascade, repeats, target }
    const audit: Audit = {
      judged,
      sample: judged.slice(0, options.sample),
      ask,
      costOf: (answer: Answer) => costOf(service, answer, signal),
      settings,
    }
    const sections: SectionReport[] = []
    for (const { name, run } of SECTIONS) {
      if (!options.sections.includes(name)) continue
      process.stderr.write(`${name}\n`)
      sections.push({ name, ...(await run(audit)) })
    }
    report({ file: basename(file), pairs: pairs.length, sample: audit.sample.length, sections }, options)
  })
}

type Report = { file: string; pairs: number; sample: number; sections: SectionReport[] }

function report(found: Report, { output, json }: AuditOptions): void {
  const text = JSON.stringify(found)
  if (output !== undefined) writeText(output, `${text}\n`)
  if (json) {
    console.log(text)
    return
  }
  console.log(`${found.file}: ${found.pairs} pairs, ${found.sample} of them in the sample`)
  for (const { name, findings } of found.sections) {
    console.log(`\n${name}\n${renderFindings(findings).join('\n')}`)
  }
  const beyond = found.sections.flatMap(({ findings }) => findings.filter((one) => keepsLimit(one) === false))
  console.log(
    `\n${beyond.length === 0 ? 'Every limit is kept.' : `${beyond.length} beyond their limits (!).`}`,
  )
}

function toSections(text: string, names: string[]): string[] {
  const chosen = text.split(',').map((name) => name.trim())
  const unknown = chosen.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is none of ${names.join(', ')}.`)
  return chosen
}

function toCascade(text: string): [string, string] {
  const [small, large, ...more] = text.split(',').map((id) => id.trim())
  if (!small || !large || more.length > 0) throw new InvalidArgumentError('Give two ids of model entries.')
  return [small, large]
}
