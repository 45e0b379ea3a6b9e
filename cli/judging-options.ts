import { type Command, InvalidArgumentError, Option } from 'commander'
import { cacheMode, mode, orderPolicy, pairProtocol, rubricSource } from '../shared/protocol/judgment.ts'

/** The options of a judgment that `judge` and `eval` share, as commander reads them. */
export type JudgingOptions = {
  protocol?: string
  model?: string
  metaRubric?: string
  orders?: string
  minScore?: number
  votes?: number
  mode?: string
  rubricFrom?: string
  seed?: number
  cache?: string
}

/** Adds the options to a command. */
export function addJudgingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--protocol <name>', 'by criteria, by a rubric of the prompt alone, or without any').choices(
        pairProtocol.options,
      ),
    )
    .option('--model <id>', 'the model entry that judges (default: the service’s)')
    .option('--meta-rubric <name>', 'name, name@version, or auto: the model picks one for the prompt')
    .addOption(new Option('--orders <policy>', 'how the two orders decide').choices(orderPolicy.options))
    .option('--min-score <n>', 'scores no larger than this are ties', toNumber)
    .option('--votes <n>', 'passes over each order', toNumber)
    .addOption(new Option('--mode <mode>', 'step by step, or one call an order').choices(mode.options))
    .addOption(
      new Option('--rubric-from <source>', 'the pair, or the prompt alone').choices(rubricSource.options),
    )
    .option('--seed <n>', 'seed of the model’s sampling', toNumber)
    .addOption(new Option('--cache <mode>', 'what to do with an earlier answer').choices(cacheMode.options))
}

/** The fields of a request that the options ask for. */
export function judgingFields(options: JudgingOptions): Record<string, string | number> {
  const {
    protocol,
    model,
    metaRubric: meta_rubric,
    orders,
    minScore: min_score,
    rubricFrom: rubric_from,
    votes,
    mode,
    seed,
    cache,
  } = options
  const fields = { protocol, model, meta_rubric, orders, min_score, votes, mode, rubric_from, seed, cache }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** For commander: a finite number. */
export function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.')
  return value
}

/** For commander: a whole number of at least 1. */
export function toCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number of at least 1.')
  return value
}

/** For commander: a whole number, 0 too. */
export function toWhole(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('Give a whole number of at least 0.')
  return value
}

/** For commander: a share, 0..1. */
export function toShare(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Give a number from 0 to 1.')
  return value
}
