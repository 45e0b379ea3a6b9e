import { describe, expect, it } from 'vitest'
import { parseWith } from '../protocol/parse.ts'
import { alternation } from '../protocol/training/alternation.ts'
import { seededRandom } from '../statistics/random.ts'
import { beginPhase, endPhase, openSchedule } from './alternate.ts'
import { fallen } from './guard-rails.ts'
import { type Evaluation, type Schedule, schedule as scheduleSchema } from './schedule.ts'

const CLASSES = ['length', 'format', 'keywords']
const found = (length: number | null, format: number | null, keywords: number | null): Evaluation => {
  const known = [length, format, keywords].filter((score) => score !== null)
  const overall = known.length === 0 ? null : known.reduce((sum, score) => sum + score, 0) / known.length
  return { classes: { length, format, keywords }, overall }
}
const settings = (selector: object, rest: object = {}) => parseWith(alternation, { selector, ...rest })
const FREE = { guard_rails: { floor: null, most_consecutive: null } }

/** Plays phases: what each finds is what `world` says of the policy after one on that class. */
function play(
  given: ReturnType<typeof settings>,
  phases: number,
  world: (metaClass: string, now: Evaluation) => Evaluation,
  { probes = {}, seed = 1 }: { probes?: Record<string, number>; seed?: number } = {},
): Schedule {
  let state = openSchedule(CLASSES, seed, found(0.5, 0.2, 0.8))
  for (let phase = 0; phase < phases; phase++) {
    const begun = beginPhase(given, state, probes)
    const now = begun.ended.at(-1)?.after ?? begun.before
    const after = world(begun.phase.meta_class, now)
    state = parseWith(scheduleSchema, JSON.parse(JSON.stringify(begun)))
    state = endPhase(state, { steps: 10, ended_by: 'length', after })
  }
  return state
}
const order = ({ ended }: Schedule) => ended.map(({ meta_class }) => meta_class)
const still = (_: string, now: Evaluation) => now

/** Each phase raises its class by a share of its headroom: keywords fast, format slowly, length not at all. */
const SPEED: Record<string, number> = { length: 0, format: 0.1, keywords: 0.5 }
function learning(metaClass: string, now: Evaluation): Evaluation {
  const rise = (name: string) => {
    const score = now.classes[name] ?? 0
    return name === metaClass ? score + (1 - score) * (SPEED[name] ?? 0) : score
  }
  return found(rise('length'), rise('format'), rise('keywords'))
}

describe('selectors', () => {
  it('round_robin takes each class in turn', () => {
    expect(order(play(settings({ kind: 'round_robin' }), 4, still))).toEqual([...CLASSES, 'length'])
  })

  it('headroom takes the lowest held-out score, as often as the guard rails let it', () => {
    const headroom = { kind: 'headroom' }
    expect(order(play(settings(headroom, FREE), 3, still))).toEqual(['format', 'format', 'format'])
    const railed = settings(headroom, { guard_rails: { most_consecutive: 2 } })
    expect(order(play(railed, 4, still))).toEqual(['format', 'format', 'length', 'format'])
  })

  it('slope tries each class once and then stays with what rises fastest', () => {
    const { ended } = play(settings({ kind: 'slope' }, FREE), 5, learning)
    expect(ended.map(({ meta_class }) => meta_class)).toEqual([...CLASSES, 'keywords', 'format'])
    expect(ended.every(({ chosen_by }) => chosen_by === 'slope')).toBe(true)
  })

  it('probe takes the candidate whose copy did best on the whole, the first of equals', () => {
    const probes = { length: 0.5, format: 0.7, keywords: 0.7 }
    expect(order(play(settings({ kind: 'probe' }, FREE), 2, still, { probes }))).toEqual(['format', 'format'])
  })

  it('ucb tries each class, prefers what raises the whole, and comes back to the others', () => {
    const ucb = settings({ kind: 'ucb', exploration: 0.2 }, FREE)
    const raises = (metaClass: string) => found(0.5, 0.5, metaClass === 'format' ? 0.6 : 0.5)
    const taken = order(play(ucb, 40, raises))
    expect(taken.slice(0, 3)).toEqual(CLASSES)
    const counts = Map.groupBy(taken, (name) => name)
    for (const name of CLASSES) expect(counts.get(name)?.length, name).toBeGreaterThan(2)
    expect(counts.get('format')?.length).toBeGreaterThan(20)
  })

  it('exp3 draws by weights that follow what raises the whole, the same for the same seed', () => {
    const exp3 = settings({ kind: 'exp3', rate: 0.3 }, FREE)
    const noise = seededRandom(5)
    const raises = (metaClass: string, now: Evaluation) => {
      const overall = (now.overall ?? 0) + (metaClass === 'keywords' ? 0.04 : -0.04) + (noise() - 0.5) / 100
      return { ...now, overall }
    }
    const state = play(exp3, 80, raises)
    const late = order(state).slice(40)
    expect(late.filter((name) => name === 'keywords').length).toBeGreaterThan(25)
    const [first] = state.ended
    expect(first?.probability).toBeCloseTo(1 / 3, 12)
    expect(order(play(exp3, 9, still, { seed: 7 }))).toEqual(order(play(exp3, 9, still, { seed: 7 })))
    const seeds = [1, 2, 3, 4, 5, 6].map((seed) => order(play(exp3, 6, still, { seed })).join())
    expect(new Set(seeds).size).toBeGreaterThan(1)
  })

  it('exp3 draws anew for each phase, however large the seed', () => {
    const exp3 = settings({ kind: 'exp3', rate: 1 }, FREE)
    for (const seed of [2 ** 40, 2 ** 48]) {
      expect(new Set(order(play(exp3, 12, still, { seed }))), String(seed)).toEqual(new Set(CLASSES))
    }
  })

  it('exp3 draws every class at the rate that its probability says', () => {
    const exp3 = settings({ kind: 'exp3', rate: 0.4 }, FREE)
    const drawn = Array.from({ length: 600 }, (_, seed) => {
      const state = openSchedule(CLASSES, seed, found(0, 0, 0))
      return beginPhase(exp3, state).phase.meta_class
    })
    for (const name of CLASSES) {
      const share = drawn.filter((one) => one === name).length / drawn.length
      expect(share, name).toBeGreaterThan(0.27)
      expect(share, name).toBeLessThan(0.4)
    }
  })

  it('fall back on the next in turn where they have nothing to go by', () => {
    const unknown = openSchedule(CLASSES, 1, found(null, null, null))
    const { phase } = beginPhase(settings({ kind: 'headroom' }), unknown)
    expect(phase).toEqual({ meta_class: 'length', probability: null, chosen_by: 'fallback' })
    const probing = beginPhase(settings({ kind: 'probe' }), unknown)
    expect(probing.phase.chosen_by).toBe('fallback')
  })

  it('come after the class that the settings name first', () => {
    const given = settings({ kind: 'headroom' }, { first: 'keywords' })
    expect(order(play(given, 2, still))).toEqual(['keywords', 'format'])
  })
})

describe('the floor', () => {
  const rails = { floor: 0.1, most_consecutive: null }
  const begun = (before: Evaluation, ended: Schedule['ended'] = []): Schedule => ({
    ...openSchedule(CLASSES, 1, before),
    ended,
    phase: { meta_class: 'format', chosen_by: 'headroom', probability: null },
  })

  it('is broken by another class that falls more than it below its best', () => {
    const state = begun(found(0.5, 0.2, 0.8))
    expect(fallen(rails, state, found(0.41, 0.3, 0.71))).toBeNull()
    expect(fallen(rails, state, found(0.39, 0.3, 0.8))).toMatchObject({ meta_class: 'length', score: 0.39 })
    expect(fallen(rails, state, found(0.5, 0, 0.8))).toBeNull()
    expect(fallen({ ...rails, floor: null }, state, found(0, 0, 0))).toBeNull()
  })

  it('lets a class that is below it already fall no further', () => {
    const after = found(0.5, 0.2, 0.6)
    const one = { meta_class: 'length', chosen_by: 'slope', probability: null, steps: 3, after }
    const state = begun(found(0.5, 0.2, 0.8), [{ ...one, ended_by: 'floor' }])
    expect(fallen(rails, state, found(0.5, 0.2, 0.55))).toBeNull()
    expect(fallen(rails, state, found(0.5, 0.2, 0.49))).toMatchObject({ meta_class: 'keywords' })
  })

  it('takes a class that could not be scored for neither fallen nor held', () => {
    expect(fallen(rails, begun(found(0.5, 0.2, 0.8)), found(null, 0.2, null))).toBeNull()
  })

  it('sends the class that broke it to the back', () => {
    const before = openSchedule(CLASSES, 1, found(0.5, 0.2, 0.8))
    const { phase: _, ...state } = begun(before.before)
    const ended = endPhase(
      { ...state, phase: { meta_class: 'format', chosen_by: 'headroom', probability: null } },
      {
        steps: 2,
        ended_by: 'floor',
        after: found(0.3, 0.25, 0.8),
      },
    )
    expect(beginPhase(settings({ kind: 'headroom' }), ended).phase.meta_class).toBe('length')
  })
})
