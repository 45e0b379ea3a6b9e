import pLimit from 'p-limit'
import type { Effect, FullVersion } from '../../shared/protocol/governance.ts'
import type { MetaRubric, MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { asCandidate } from '../../shared/refine/edit.ts'
import { effectOf, outcomeOf } from '../../shared/refine/effect.ts'
import type { GoldenPair } from '../../shared/rubric/golden-pairs.ts'
import { assemble } from '../../shared/rubric/meta-rubrics.ts'
import type { Call } from '../judging/call.ts'
import type { Counter } from '../judging/counter.ts'
import { LIMITS } from '../platform/limits.ts'

/**
 * What a new layer does to golden pairs, judged here with both versions: nobody's figures are taken on trust. Pairs
 * that were judged before, as `plumbline refine` does, are answered from the record and cost nothing.
 */
export async function goldenEffect(
  pairs: GoldenPair[],
  versions: { before: FullVersion; after: MetaRubricLayer; base: MetaRubricLayer | null },
  counter: Counter,
  call: Call,
  model: string | undefined,
): Promise<Effect> {
  const { before, after, base } = versions
  const candidate = await asCandidate(after)
  const [assembled] = await assemble(base ? [candidate, base] : [candidate])
  const place = pLimit(LIMITS.judgmentsInFlight)

  const models = new Set<string | null>()

  async function judge({ prompt, responses, label }: GoldenPair, meta_rubric: MetaRubric | undefined) {
    const request = { prompt, responses, ...(meta_rubric && { meta_rubric }), ...(model && { model }) }
    const judgment = await place(() => counter.judge(request, call))
    const winner = judgment.protocol === 'pointwise' ? null : judgment.winner
    models.add(judgment.model)
    return { outcome: outcomeOf(label, winner), judgment: judgment.id }
  }

  const judged = await Promise.all(
    pairs.map(async (pair) => {
      const [then, now] = await Promise.all([judge(pair, before.meta_rubric), judge(pair, assembled)])
      return { pair: pair.id, label: pair.label, before: then, after: now }
    }),
  )
  return effectOf(judged, [...models].find((used) => used !== null) ?? null)
}
