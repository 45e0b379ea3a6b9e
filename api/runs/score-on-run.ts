import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { rangeOf } from '../../shared/reward/range.ts'
import type { Scorer } from '../dialects/dialect.ts'
import { insist } from '../dialects/insist.ts'
import type { Sample, Scored } from '../dialects/sample.ts'
import type { Reward } from '../dialects/score-samples.ts'
import type { Asked } from '../dialects/serve-dialect.ts'
import { byThemselves } from '../dialects/settings.ts'
import type { MetaRubrics } from '../governance/meta-rubrics.ts'
import { judgmentPlaces, type Rewards } from '../judging/rewards.ts'
import type { Rubrics } from '../judging/rubrics.ts'
import type { Platform } from '../platform/platform.ts'
import { evaluate } from './evaluate.ts'
import { rewardMembers } from './reward-members.ts'
import { createSettle } from './settle.ts'
import { createVisit } from './visit.ts'
import { heedsMetaRubric, wayOf, withRubric } from './way.ts'

type Parts = { rewards: Rewards; rubrics: Rubrics; metaRubrics: MetaRubrics } & Pick<
  Platform,
  'runs' | 'afterAnswer'
>

/** Runs whose settings, which never change, are kept in front of the records. */
const KEPT = 1000

/** The way in which bodies of the URL of a run are rewarded. Throws `run_not_found`. */
export function createRunScorer({
  runs,
  afterAnswer,
  rewards,
  rubrics,
  metaRubrics,
}: Parts): (asked: Asked, id: string) => Scorer {
  const kept = new LRUCache<string, RunSettings>({ max: KEPT })
  const rewardFor = ({ call, once, signal }: Asked): Reward => {
    const place = judgmentPlaces()
    const judge = once ? insist(rewards, signal) : rewards
    return (request) => judge(request, call, place)
  }
  const visit = createVisit(runs, (asked) => {
    const settle = createSettle(runs, (task) => rewardMembers(task, rewardFor(asked), rubrics))
    return (task) => {
      const settled = settle(task)
      // others wait for what it records, though its own client may be gone
      afterAnswer(settled)
      return settled
    }
  })

  async function find(organisation: string, id: string): Promise<RunSettings> {
    const place = canonicalJson([organisation, id])
    const known = kept.get(place)
    if (known) return known
    const run = await runs.read(organisation, id)
    if (!run) throw new PlumblineError('run_not_found', `There is no run '${id}': POST /v1/runs makes one.`)
    kept.set(place, run.settings)
    return run.settings
  }

  /** An anchor is what others are compared with, which with itself is a draw. */
  async function keepAnchors(
    { call, settings }: Asked,
    id: string,
    samples: readonly Sample[],
  ): Promise<Scored[]> {
    const anchors = samples.map(({ prompt, response }) => ({ prompt, response }))
    await runs.keepAnchors(call.organisation, id, anchors)
    const [low, high] = rangeOf(settings)
    const draw = { reward: (low + high) / 2, score: 0.5, error: null, judgments: [], substituted: false }
    return samples.map(() => draw)
  }

  return (given, id) => async (samples) => {
    const { organisation } = given.call
    const run = await find(organisation, id)
    // classes are scores of single responses, unless the URL asks for comparisons by them
    const settings = run.classes === null ? given.settings : byThemselves(given.settings)
    const asked = { ...given, settings }
    const way = wayOf(settings, run, asked.patienceMs)
    if (settings.split === 'anchor') return keepAnchors(asked, id, samples)
    if (settings.split === 'eval') {
      const task = { organisation, id, run, settings, samples }
      return evaluate(task, rewardFor(asked), { runs, rubrics })
    }
    const pinned = heedsMetaRubric(settings)
      ? await metaRubrics.pin(organisation, settings.meta_rubric)
      : null
    const metaRubric = typeof pinned === 'string' ? pinned : null
    const prompts = Map.groupBy(samples, ({ prompt, rubric = null }) => canonicalJson([prompt, rubric]))
    const scored = await Promise.all(
      [...prompts.values()].map((together) => {
        const own = withRubric(way, together[0]?.rubric)
        return visit({ id, run, way: own, asked, metaRubric }, together)
      }),
    )
    const of = new Map(scored.flat())
    return samples.flatMap((sample) => of.get(sample) ?? [])
  }
}
