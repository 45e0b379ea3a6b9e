import { readFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { styleText } from 'node:util'
import { Command, Option } from 'commander'
import { judgment } from '../shared/protocol/judgment.ts'
import { jsonOrNull } from '../shared/protocol/parse.ts'
import { scoring } from '../shared/protocol/pointwise.ts'
import { post, serviceFrom } from './client.ts'
import { Failure, reportFailures } from './failure.ts'
import { addJudgingOptions, type JudgingOptions, judgingFields } from './judging-options.ts'
import { renderJudgment } from './judgment-text.ts'

type JudgeOptions = JudgingOptions & {
  prompt?: string
  promptFile?: string
  first?: string
  firstFile?: string
  second?: string
  secondFile?: string
  reference?: string
  referenceFile?: string
  response?: string
  responseFile?: string
  rubric?: string
  rubricFile?: string
  scoring?: string
  json?: boolean
}

/** `plumbline judge`: one pair, or one response by itself, from flags, files or standard input. */
export function judgeCommand(): Command {
  const command = new Command('judge')
    .description(
      'Judge one pair of responses, or one response by itself: rubric, verdicts with evidence, winner or score.',
    )
    .option('--prompt <text>', 'what the responses answer')
    .option('--prompt-file <path>')
    .option('--first <text>', 'the first response')
    .option('--first-file <path>')
    .option('--second <text>', 'the second response')
    .option('--second-file <path>')
    .option('--response <text>', 'one response to be judged by itself, instead of first and second')
    .option('--response-file <path>')
    .option('--reference <text>', 'a reference answer')
    .option('--reference-file <path>')
    .option('--rubric <id>', 'a stored rubric instead of a new one')
    .option('--rubric-file <path>', 'a rubric of your own, as JSON: {"criteria": [...]}')
    .addOption(new Option('--scoring <scoring>', 'how one response is scored').choices(scoring.options))
    .option('--json', 'print the judgment as JSON')
    .addHelpText(
      'after',
      '\nWithout texts, the request is read as JSON from standard input: {"prompt", "responses"}.',
    )
  return addJudgingOptions(command).action((options: JudgeOptions) =>
    reportFailures(options.json ?? false, () => run(options)),
  )
}

async function run(options: JudgeOptions): Promise<void> {
  const body = { ...(await readRequest(options)), ...judgingFields(options) }
  const answer = await post(serviceFrom(process.env), '/v1/judgments', body, judgment, {
    onWait: (why, seconds) => console.error(`${why} Trying again in ${seconds} s.`),
  })
  if (options.json) console.log(JSON.stringify(answer))
  else {
    const paint = (style: Parameters<typeof styleText>[0], text: string) =>
      styleText(style, text, { stream: process.stdout })
    console.log(renderJudgment(answer, paint))
  }
  if (answer.error !== null) process.exitCode = 1
}

async function readRequest(options: JudgeOptions): Promise<Record<string, unknown>> {
  const prompt = options.prompt ?? readText(options.promptFile)
  const first = options.first ?? readText(options.firstFile)
  const second = options.second ?? readText(options.secondFile)
  const reference = options.reference ?? readText(options.referenceFile)
  const extras = {
    ...(reference === undefined ? {} : { reference }),
    ...rubricOf(options),
    ...(options.scoring === undefined ? {} : { scoring: options.scoring }),
  }
  const response = options.response ?? readText(options.responseFile)
  const none = [prompt, first, second, response].every((text) => text === undefined)
  if (none && !process.stdin.isTTY) return { ...(await readStandardInput()), ...extras }
  if (response !== undefined) {
    if (first !== undefined || second !== undefined) {
      throw new Failure('Give --response to judge it by itself, or --first and --second to compare two.')
    }
    if (prompt === undefined) throw new Failure('Missing --prompt: give what the response answers.')
    return { protocol: 'pointwise', prompt, responses: [response], ...extras }
  }
  const missing = Object.entries({ prompt, first, second }).flatMap(([name, value]) =>
    value === undefined ? [`--${name}`] : [],
  )
  if (missing.length > 0) {
    throw new Failure(`Missing ${missing.join(', ')}: give all three texts, or JSON on standard input.`)
  }
  return { prompt, responses: [first, second], ...extras }
}

function rubricOf({ rubric, rubricFile }: JudgeOptions): { rubric?: unknown } {
  if (rubricFile === undefined) return rubric === undefined ? {} : { rubric }
  const read = jsonOrNull(readText(rubricFile) ?? '')
  if (typeof read === 'object' && read !== null) return { rubric: read }
  throw new Failure(`'${rubricFile}' holds no rubric as JSON: write {"criteria": [...]}.`)
}

async function readStandardInput(): Promise<object> {
  const text = await readAll(process.stdin)
  const what = text.trim() === '' ? 'Standard input is empty' : 'Standard input is not a JSON object'
  const failure = new Failure(
    `${what}: give {"prompt": ..., "responses": [..., ...]}, or the texts as flags.`,
  )
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    throw failure
  }
  throw failure
}

function readText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`Can't read '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}
