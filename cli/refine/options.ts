import { type Command, Option } from 'commander'
import { mode, orderPolicy } from '../../shared/protocol/judgment.ts'
import { DEFAULTS, type SearchOptions } from '../../shared/refine/search/options.ts'
import { toCount, toNumber } from '../judging-options.ts'

/** How edits are proposed; `auto` looks whether the model writes. */
const PROPOSERS = ['auto', 'model', 'policy', 'mutation'] as const

/** The options of `plumbline refine`, as commander reads them. */
export type RefineOptions = {
  layer: string
  model?: string
  votes?: number
  mode?: string
  orders?: string
  proposer: (typeof PROPOSERS)[number]
  proposerModel?: string
  budget?: number
  generations: number
  patience: number
  population: number
  beam: number
  children: number
  minibatch: number
  rounds: number
  lambdaTie: number
  lambdaLen: number
  confidence: number
  minGain: number
  crossover?: boolean
  seed: number
  concurrency: number
  limit?: number
  journal?: string
  groups?: string
  output?: string
  publish?: boolean
  by: string
  dryRun?: boolean
  json?: boolean
}

/** Adds the options to the command. */
export function addRefineOptions(command: Command): Command {
  return command
    .option('--layer <name>', 'the meta-rubric to refine: a name, or name@version', 'general')
    .option('--model <id>', 'the model entry that judges (default: the service’s)')
    .option('--votes <n>', 'passes over each order', toCount)
    .addOption(new Option('--mode <mode>', 'step by step, or one call an order').choices(mode.options))
    .addOption(
      new Option('--orders <policy>', 'how the two orders decide (default: strict)').choices(
        orderPolicy.options,
      ),
    )
    .addOption(
      new Option(
        '--proposer <who>',
        'who proposes edits: a model that writes, a policy that is sampled edit by edit, or rules',
      )
        .choices(PROPOSERS)
        .default('auto'),
    )
    .option('--proposer-model <id>', 'the model entry that writes edits (default: the judge)')
    .option('--budget <n>', 'judge calls to spend at most', toCount)
    .option('--generations <n>', 'rounds of proposing at most', toCount, DEFAULTS.generations)
    .option('--patience <n>', 'rounds without an acceptance that end it', toCount, DEFAULTS.patience)
    .option('--population <n>', 'layers kept', toCount, DEFAULTS.population)
    .option('--beam <n>', 'layers improved on in each round', toCount, DEFAULTS.beam)
    .option('--children <n>', 'edits tried of each of them', toCount, DEFAULTS.children)
    .option('--minibatch <n>', 'train pairs in a round of a race', toCount, DEFAULTS.minibatch)
    .option('--rounds <n>', 'rounds of a race', toCount, DEFAULTS.rounds)
    .option('--lambda-tie <n>', 'fitness that a tie costs', toNumber, DEFAULTS.penalties.tie)
    .option('--lambda-len <n>', 'fitness that a token costs', toNumber, DEFAULTS.penalties.length)
    .option('--confidence <p>', 'sureness of dropping and accepting', toNumber, DEFAULTS.confidence)
    .option('--min-gain <n>', 'fitness that an edit must gain', toNumber, DEFAULTS.minGain)
    .option('--crossover', 'merge the two fittest layers in each round')
    .option('--seed <n>', 'seed of splits and draws', toNumber, DEFAULTS.seed)
    .option('--concurrency <n>', 'pairs judged at once', toCount, 4)
    .option('--limit <n>', 'only the first n pairs', toCount)
    .option(
      '--journal <path>',
      'answers so far; the same command goes on from them (default: FILE.LAYER.journal.jsonl here)',
    )
    .option(
      '--groups <path>',
      'with --proposer policy: write what each completion gained, to train the policy on',
    )
    .option('--output <path>', 'write the report, with all that was tried, as JSON')
    .option('--publish', 'general layers: file what was found as the next version')
    .option('--by <name>', 'who files versions and proposals', 'plumbline refine')
    .option('--dry-run', 'domain layers: post no proposals')
    .option('--json', 'print the report as JSON')
}

/** The search that the options ask for. A domain layer's edits are never built upon. */
export function searchOptions(options: RefineOptions, isDomain: boolean): SearchOptions {
  const { generations, patience, population, beam, children, minibatch, rounds, confidence, minGain, seed } =
    options
  return {
    ...{ generations, patience, population, beam, children, minibatch, rounds, confidence, minGain, seed },
    penalties: { tie: options.lambdaTie, length: options.lambdaLen },
    crossover: options.crossover ?? false,
    apply: !isDomain,
  }
}
