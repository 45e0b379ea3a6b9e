import type { ErrorCode, ErrorData } from '../../shared/protocol/error.ts'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { isTransient } from '../../shared/protocol/transient.ts'
import { blameOf } from '../../shared/refine/blame.ts'
import { asCandidate, layerHash } from '../../shared/refine/edit.ts'
import { outcomeOf } from '../../shared/refine/effect.ts'
import { type LabelledPair, NO_COST, type Trial } from '../../shared/refine/pair.ts'
import { assemble } from '../../shared/rubric/meta-rubrics.ts'
import { nameOf } from '../../shared/rubric/name.ts'
import { post, Refusal, type Service } from '../client.ts'
import { Failure } from '../failure.ts'
import type { Journal } from './journal.ts'

/** Refusals that say something of one pair and nothing of the others. */
const OF_THE_PAIR = new Set<ErrorCode>([
  'text_too_long',
  'body_too_large',
  'invalid_text',
  'context_exceeded',
  'internal',
  'deadline_exceeded',
  'not_scored',
])

/** Pairs in a row without a verdict after which the judge is taken to be broken. */
const HOPELESS = 12

/** A refusal of a text, such as an empty one, is of the pair whatever its code. */
function isOfThePair({ code, param }: ErrorData): boolean {
  return OF_THE_PAIR.has(code) || /^(?:prompt|responses)\b/.test(param ?? '')
}

export type Judging = {
  service: Service
  journal: Journal
  /** The layer that the search began with, known to the service by its name and version. */
  seed: MetaRubricLayer
  /** The general layer that it extends. */
  base: MetaRubricLayer | null
  /** The fields that every request carries beside its pair. */
  fields: Record<string, unknown>
  signal: AbortSignal
  /** Told of each judgment that was made or found in the journal. */
  judged(): void
}

/**
 * Judges a pair by a layer through the service: the seed by its name, any other by value. What is in the journal is not
 * asked for again. Throws a `Failure` where the service can't be used or the judge gives no verdicts at all.
 */
export function judgeThrough(
  judging: Judging,
): (layer: MetaRubricLayer, pair: LabelledPair) => Promise<Trial> {
  const { service, journal, seed, base, fields, signal } = judging
  const references = new Map<string, Promise<unknown>>()
  let unjudged = 0

  async function referenceOf(layer: MetaRubricLayer, hash: string): Promise<unknown> {
    if (hash === (await layerHash(seed))) return nameOf(seed)
    const candidate = await asCandidate(layer)
    const [meta] = await assemble(base ? [candidate, base] : [candidate])
    return meta
  }

  async function ask(pair: LabelledPair, meta_rubric: unknown): Promise<{ trial: Trial; keep: boolean }> {
    const { id, prompt, responses, label } = pair
    const nothing = { pair: id, outcome: null, judgment: null, blame: null, cost: NO_COST }
    try {
      const body = { prompt, responses, ...fields, meta_rubric }
      const judgment = await post(service, '/v1/judgments', body, pairJudgment, { signal })
      const { judge_calls, prompt_tokens, completion_tokens } = judgment.usage
      const error = judgment.error?.code ?? null
      const trial = {
        pair: id,
        outcome: outcomeOf(label, judgment.winner),
        error,
        judgment: judgment.id,
        blame: blameOf(judgment, label),
        cost: { judge_calls, prompt_tokens, completion_tokens },
      }
      return { trial, keep: error === null || !isTransient(error) }
    } catch (error) {
      const refused = error instanceof Refusal ? error.data : null
      if (refused === null || !isOfThePair(refused)) throw error
      const { code } = refused
      return { trial: { ...nothing, error: code }, keep: !isTransient(code) }
    }
  }

  return async (layer, pair) => {
    signal.throwIfAborted()
    const hash = await layerHash(layer)
    const key = `${hash} ${pair.id}`
    const known = journal.trials.get(key)
    if (known) {
      judging.judged()
      return known
    }
    const reference = references.get(hash) ?? referenceOf(layer, hash)
    references.set(hash, reference)
    const { trial, keep } = await ask(pair, await reference)
    unjudged = trial.outcome === null ? unjudged + 1 : 0
    if (unjudged >= HOPELESS) {
      throw new Failure(
        `The judge gave no verdict on ${unjudged} pairs in a row (${trial.error}): see that its model works, then run the same command again.`,
      )
    }
    // What may be gone at the next try is not kept: a later run asks again.
    if (keep) journal.keepTrial(key, trial)
    judging.judged()
    return trial
  }
}
