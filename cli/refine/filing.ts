import { fullVersion, proposal } from '../../shared/protocol/governance.ts'
import type { Bench } from '../../shared/refine/measure/bench.ts'
import { gainOf } from '../../shared/refine/measure/fitness.ts'
import type { LabelledPair } from '../../shared/refine/measure/pair.ts'
import type { SearchOptions } from '../../shared/refine/search/options.ts'
import type { SearchResult } from '../../shared/refine/search/search.ts'
import { post, type Service } from '../client.ts'
import type { RefineOptions } from './options.ts'
import { lineOf, shownEdit } from './report.ts'

/** Files the best layer as the next version. The service holds it against lint and golden pairs. Throws its refusal. */
export async function publish(
  service: Service,
  result: SearchResult,
  { by, model }: RefineOptions,
  signal: AbortSignal,
): Promise<number> {
  const { seed, best } = result
  const note = `plumbline refine: ${lineOf(result)
    .map(({ edit }) => shownEdit(edit))
    .join(', ')}.`
  const body = {
    layer: best.layer,
    base: seed.layer.version,
    by,
    note,
    ...(model !== undefined && { model }),
  }
  return (await post(service, '/v1/meta-rubrics', body, fullVersion, { signal })).version
}

/**
 * Posts the edits that gained on the dev pairs as proposals, each with the judgments that show its effect. Gives
 * their ids. One that was posted before stays as it is.
 */
export async function propose(
  service: Service,
  { seed, members }: SearchResult,
  dev: LabelledPair[],
  bench: Bench,
  { penalties, seed: drawn, confidence, minGain }: SearchOptions,
  by: string,
): Promise<string[]> {
  const { name, version } = seed.layer
  const path = `/v1/meta-rubrics/${encodeURIComponent(name)}/proposals`
  const before = { layer: seed.layer, trials: await bench.judge(seed.layer, dev) }
  const ids: string[] = []
  for (const member of members.filter(({ fate, edit }) => fate === 'survived' && edit !== null)) {
    const after = { layer: member.layer, trials: await bench.judge(member.layer, dev) }
    const gain = gainOf(after, before, dev, penalties, { seed: drawn, level: confidence })
    if (gain === null || gain.fitness < minGain) continue
    const effect = effectOf(dev, before.trials, after.trials)
    const { edit, rationale, evidence } = member
    const body = { edit, base: version, rationale: rationale ?? undefined, evidence, by, ...effect }
    ids.push((await post(service, path, body, proposal)).id)
  }
  return ids
}

function effectOf(dev: LabelledPair[], before: Trials, after: Trials) {
  const [then, now] = [before, after].map(
    (trials) => new Map(trials.map(({ pair, judgment }) => [pair, judgment])),
  )
  const pairs = dev.flatMap(({ id, label }) => {
    const [one, other] = [then?.get(id), now?.get(id)]
    return one && other ? [{ pair: id, label, before: one, after: other }] : []
  })
  return pairs.length === 0 ? {} : { effect: { pairs } }
}

type Trials = Awaited<ReturnType<Bench['judge']>>
