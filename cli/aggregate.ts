import { createInterface } from 'node:readline'
import { Command, Option } from 'commander'
import { PlumblineError } from '../shared/protocol/error.ts'
import { parseBody } from '../shared/protocol/json-body.ts'
import {
  type MetScore,
  type MetScoring,
  scoreHealthbenchLine,
  scoreMetLine,
  scorePaperbenchLine,
} from './aggregate/met-line.ts'
import { type PairScore, scoreCompat, scoreHardened } from './aggregate/pair-line.ts'
import { Unscored } from './aggregate/unscored.ts'

/** How a line is read and scored, by the name of its mode. Each throws one sentence for a line without a score. */
const MODES = {
  hardened: scoreHardened,
  compat: scoreCompat,
  met: scoreMetLine,
  healthbench: scoreHealthbenchLine,
  paperbench: scorePaperbenchLine,
} satisfies Record<string, (line: unknown, scoring: MetScoring) => PairScore | MetScore>
type Mode = keyof typeof MODES

const HELP = `
A line of standard input is a JSON object; a line of standard output is its score.

  hardened     a pair: {"items":[{"type":"core","chosen":"A|B|S","score":2}],"min_score"?}
  compat       the same, as OpenRS's published code adds it up
  met          one response: {"criteria":[{"points":5,"met":true,"tags"?:["axis:accuracy"]}]}; instead of points
               weight (with "criteria" below it, a tree), category, level or rule; met may be a probability
  healthbench  one response in HealthBench's layout: {"rubrics":[{"points":5,"criteria_met":true,"tags":[]}]}
  paperbench   one tree in PaperBench's layout: {"weight":1,"sub_tasks":[{"weight":2,"score":1}]}`

/** `plumbline aggregate`: aggregation alone, a line in, a line out. Needs no service. */
export function aggregateCommand(): Command {
  return new Command('aggregate')
    .description('Score lines of verdicts from standard input, as judgments are scored.')
    .addOption(
      new Option('--mode <mode>', 'what a line holds').choices(Object.keys(MODES)).default('hardened'),
    )
    .addOption(
      new Option('--scoring <scoring>', 'met, healthbench, paperbench: count p, or p(met) - p(not met)')
        .choices(['explicit', 'probability'])
        .default('explicit'),
    )
    .option('--json', 'accepted for symmetry: the output always is JSON')
    .addHelpText('after', HELP)
    .action(async ({ mode, scoring }: { mode: Mode; scoring: MetScoring }) => {
      let number = 0
      for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        number++
        const result = scoreLine(text, mode, scoring)
        if (result.score === null) process.exitCode = 1
        console.log(JSON.stringify(result.score === null ? { ...result, line: number } : result))
      }
    })
}

type NoScore = { score: null; winner?: null; error: string }

function scoreLine(text: string, mode: Mode, scoring: MetScoring): PairScore | MetScore | NoScore {
  const nobody = mode === 'hardened' || mode === 'compat' ? { winner: null } : {}
  try {
    return MODES[mode](parse(text), scoring)
  } catch (error) {
    return { score: null, ...nobody, error: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Unscored) return error.message
  if (!PlumblineError.isInstance(error)) throw error
  return error.param === undefined ? 'The line is no JSON object.' : error.message
}

/** Levels of arrays and objects that a line may have. */
const DEPTH = 64

function parse(text: string): unknown {
  try {
    return parseBody(text, { textCharacters: Number.POSITIVE_INFINITY, depth: DEPTH })
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    if (error.code !== 'invalid_json') throw new Unscored(error.message.replace('The body', 'The line'))
    throw new Unscored(text.trim() === '' ? 'The line is empty.' : 'The line is not JSON.')
  }
}
