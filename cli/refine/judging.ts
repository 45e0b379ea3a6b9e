import type { ErrorCode } from '../../shared/protocol/error.ts'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import type { MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { isTransient } from '../../shared/protocol/transient.ts'
import { candidateOf, layerHash } from '../../shared/refine/edits/edit.ts'
import { blameOf } from '../../shared/refine/errors/blame.ts'
import { outcomeOf } from '../../shared/refine/measure/effect.ts'
import { type LabelledPair, NO_COST, type Trial } from '../../shared/refine/measure/pair.ts'
import { nameOf } from '../../shared/rubric/name.ts'
import { ask, idsOf, spentOn } from '../asking.ts'
import type { Service } from '../client.ts'
import { Failure } from '../failure.ts'
import type { Journal } from './journal.ts'

/** Pairs in a row without a verdict after which the judge is taken to be broken. */
const HOPELESS = 12

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

type Judged = Trial & { error: ErrorCode | null }

/**
 * Judges a pair by a layer through the service: the seed by its name, any other by value. What is in the journal is not
 * asked for again. Throws a `Failure` where the service can't be used or the judge gives no verdicts at all.
 */
export function judgeThrough(
  judging: Judging,
): (layer: MetaRubricLayer, pair: LabelledPair) => Promise<Trial> {
  const { service, journal, seed, base, fields, signal } = judging
  const references = new Map<string, Promise<unknown>>()
  /** Pairs without a verdict since the last that has one: the judge may be broken, and be mended before the next run. */
  const failures = new Map<string, Judged>()

  function keepVerdict(key: string, trial: Judged): void {
    for (const [failed, without] of failures) {
      // What may be gone at the next try is not kept: a later run asks again.
      if (without.error === null || !isTransient(without.error)) journal.keepTrial(failed, without)
    }
    failures.clear()
    journal.keepTrial(key, trial)
  }

  function keepFailure(key: string, trial: Judged): void {
    failures.set(key, trial)
    if (failures.size < HOPELESS) return
    throw new Failure(
      `The judge gave no verdict on ${failures.size} pairs in a row (${trial.error}): see that its model works, then run the same command again.`,
    )
  }

  async function referenceOf(layer: MetaRubricLayer, hash: string): Promise<unknown> {
    return hash === (await layerHash(seed)) ? nameOf(seed) : candidateOf(layer, base)
  }

  async function judge(pair: LabelledPair, meta_rubric: unknown): Promise<Judged> {
    const { id, prompt, responses, label } = pair
    const body = { prompt, responses, ...fields, meta_rubric }
    const { answer, refused } = await ask(service, '/v1/judgments', body, pairJudgment, signal)
    if (answer === null) {
      return { pair: id, outcome: null, error: refused, judgment: null, blame: null, cost: NO_COST }
    }
    // What it cost when it was made, so that a search that was killed spends its budget like one that was not.
    const cost = await spentOn(service, idsOf(answer), answer.usage, signal)
    const { judge_calls, prompt_tokens, completion_tokens } = cost
    return {
      pair: id,
      outcome: outcomeOf(label, answer.winner),
      error: answer.error?.code ?? null,
      judgment: answer.id,
      blame: blameOf(answer, label),
      cost: { judge_calls, prompt_tokens, completion_tokens },
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
    const trial = await judge(pair, await reference)
    if (trial.outcome === null) keepFailure(key, trial)
    else keepVerdict(key, trial)
    judging.judged()
    return trial
  }
}
