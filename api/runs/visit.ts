import { type ErrorData, PlumblineError } from '../../shared/protocol/error.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { notScored } from '../../shared/reward/not-scored.ts'
import type { Recorded } from '../../shared/runs/member.ts'
import type { Sample, Scored } from '../dialects/sample.ts'
import type { Asked } from '../dialects/serve-dialect.ts'
import type { Entry, RunRecords } from '../platform/runs/port.ts'
import { giveUp } from './give-up.ts'
import { memberOf, scoredOf, unscored } from './recorded.ts'
import type { Task } from './reward-members.ts'
import { membersOf, type Outcome, type Settle, type Settled } from './settle.ts'
import type { Way } from './way.ts'

/** A call of a run's URL. */
export type Visited = { id: string; run: RunSettings; way: Way; asked: Asked; metaRubric: string | null }

/** Takes samples of one prompt into their group, and gives what each is rewarded with. */
export type Visit = (visited: Visited, samples: readonly Sample[]) => Promise<[Sample, Scored][]>

/**
 * A call that heard nothing for a quarter of what its client waits, and for this many milliseconds at most, has its group
 * rewarded itself: who was to may be gone. The work is joined, not made again.
 */
const MOST_HEARD_MS = 30_000

type Place = { sample: Sample; entry: Entry }

export function createVisit(runs: RunRecords, settleFor: (asked: Asked) => Settle): Visit {
  return async (visited, samples) => {
    const { id, asked } = visited
    const { organisation } = asked.call
    const name = crypto.randomUUID()
    const over = giveUp(asked, () => void runs.leave(organisation, id, name))
    let unanswered: Place[] = []
    try {
      const places = await enter(visited, name, samples)
      unanswered = places
      const parts = Map.groupBy(places, ({ entry }) => `${entry.group.id} ${entry.late}`)
      const scored = (await Promise.all([...parts.values()].map((part) => score(visited, part)))).flat()
      const answered = new Set(scored.flatMap(([sample, { error }]) => (error === null ? sample : [])))
      unanswered = over.passed() ? places : places.filter(({ sample }) => !answered.has(sample))
      return scored
    } finally {
      over.clear()
      await vacate(visited, unanswered)
    }
  }

  async function enter({ id, way, asked, metaRubric }: Visited, call: string, samples: readonly Sample[]) {
    const [first] = samples
    if (!first) return []
    const { name, size, waitMs, anchored } = way
    const entries = await runs.enter(asked.call.organisation, id, {
      ...{ call, prompt: first.prompt, members: samples.map(memberOf), repeats: !asked.once },
      ...{ way: name, size, waitMs, anchored, metaRubric },
    })
    if (entries === null) throw new PlumblineError('run_not_found', `There is no run '${id}'.`)
    return samples.flatMap((sample, at): Place[] => {
      const entry = entries[at]
      return entry ? [{ sample, entry }] : []
    })
  }

  /** Samples of one group that came in time, or late. */
  async function score(visited: Visited, part: Place[]): Promise<[Sample, Scored][]> {
    const { way, asked } = visited
    const [first] = part
    if (!first) return []
    const { group, late } = first.entry
    const told = { id: group.id, late, meta_class: group.meta_class }
    const { outcomeOf, usage } = await outcomes(visited, part)
    return part.map(({ sample, entry }, at) => {
      const outcome = entry.recorded ? { recorded: entry.recorded } : outcomeOf(sample)
      const one =
        'recorded' in outcome
          ? scoredOf(outcome.recorded)
          : unscored(outcome.error, asked.settings.on_error, way.range)
      const masked = 'recorded' in outcome && outcome.recorded.masked
      return [sample, { ...one, group: { ...told, masked }, ...(at === 0 && usage && { usage }) }]
    })
  }

  async function outcomes({ id, run, way, asked }: Visited, part: Place[]): Promise<Settled> {
    const [{ group, late } = { group: null, late: false }] = part.map(({ entry }) => entry)
    const known = part.every(({ entry }) => entry.recorded !== null)
    if (group === null || known) return { outcomeOf: () => ({ error: nobodyCame(0) }) }
    const waits = way.waitMs !== null
    if (waits && group.closed === null) return { outcomeOf: () => ({ error: nobodyCame(way.waitMs ?? 0) }) }
    const { organisation } = asked.call
    const task = { organisation, id, run, settings: asked.settings, group, late }
    if (!waits || late) return settleFor(asked)({ ...task, samples: part.map(({ sample }) => sample) })
    return together(asked, { ...task, samples: membersOf(group, part[0]?.sample.rubric) }, part)
  }

  /** One of the calls that waited has the group rewarded. The others do so too where they hear nothing for long. */
  async function together(asked: Asked, task: Task, part: Place[]): Promise<Settled> {
    if (!part.some(({ entry }) => entry.leads)) {
      const { organisation, id, group } = task
      const heardMs = Math.min(MOST_HEARD_MS, (asked.patienceMs ?? Number.POSITIVE_INFINITY) / 4)
      const samples = part.map(({ sample }) => sample)
      const heard = await runs.heard(organisation, id, group.id, samples.map(memberOf), heardMs)
      const known = new Map(samples.map((sample, at) => [sample, heard[at]]))
      if (!heard.includes(null)) return { outcomeOf: (sample) => recordedOr(known.get(sample)) }
    }
    return settleFor(asked)(task)
  }

  /** Where nobody waits for others, a repeat takes the place of who got no answer. */
  async function vacate({ id, asked, way }: Visited, places: Place[]): Promise<void> {
    if (way.waitMs !== null) return
    for (const [group, left] of Map.groupBy(places, ({ entry }) => entry.group.id)) {
      const members = left.map(({ sample }) => memberOf(sample))
      await runs.vacate(asked.call.organisation, id, group, members)
    }
  }
}

function recordedOr(recorded: Recorded | null | undefined): Outcome {
  return recorded ? { recorded } : { error: notScored() }
}

function nobodyCame(waitMs: number): ErrorData {
  const { data } = new PlumblineError(
    'not_scored',
    `Nobody else came for this prompt within ${waitMs / 1000} s, so that there is nothing to compare with.`,
  )
  return data
}
