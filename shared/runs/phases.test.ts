import { describe, expect, it, test } from 'vitest'
import { parseWith } from '../protocol/parse.ts'
import { type RunSettings, runSettings } from '../protocol/run.ts'
import { seededRandom } from '../statistics/random.ts'
import { beginStep, openGroup, type Place } from './phases.ts'
import { recordEvaluation, recordScores, recordSpread } from './record-scores.ts'
import { showRun } from './show-run.ts'
import { openRun, type RunState, runState } from './state.ts'
import { type Flags, urlPolicy } from './testing/url-policy.ts'

const CLASSES = { warm: ['warm'], cold: ['cold'], dark: ['dark'] }
const NAMES = Object.keys(CLASSES)
const NOTHING = { judge_calls: 0, prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0, cost: null }
const settingsOf = (given: object = {}): RunSettings =>
  parseWith(runSettings, { classes: CLASSES, prompts_per_step: 4, group_size: 4, phase_steps: 3, ...given })
const RAILLESS = { guard_rails: { floor: null, most_consecutive: null } }

/** Opens so many groups, each recorded with the scores that `found` gives it. */
function play(
  settings: RunSettings,
  groups: number,
  found: (place: Place, at: number) => Record<string, number | null>,
  before: RunState = openRun(settings),
): { state: RunState; places: Place[] } {
  let state = before
  const places = Array.from({ length: groups }, (_, at) => {
    const { state: opened, ...place } = openGroup(settings, state)
    const members = Array.from({ length: 4 }, () => ({ classes: found(place, at), masked: false }))
    // as it lies in a store
    state = parseWith(runState, JSON.parse(JSON.stringify(opened)))
    state = recordScores(settings, state, place, members, place.observed ? NOTHING : null)
    return place
  })
  return { state, places }
}
const looked = (place: Place, score: (name: string) => number) =>
  Object.fromEntries(
    NAMES.filter((name) => place.observed || name === place.meta_class).map((name) => [name, score(name)]),
  )
const classesOf = ({ places }: { places: Place[] }) => places.map(({ meta_class }) => meta_class)

describe('the class of a group', () => {
  const turn = settingsOf({ selector: { kind: 'round_robin' }, observe: 0 })

  it('changes only between two steps, after the steps of a phase', () => {
    const played = play(turn, 40, (place) => looked(place, () => 0.5))
    const phase = (name: string) => Array.from({ length: 12 }, () => name)
    expect(classesOf(played).slice(0, 36)).toEqual(NAMES.flatMap(phase))
    expect(played.places.map(({ step }) => step)).toEqual(
      Array.from({ length: 40 }, (_, at) => Math.floor(at / 4)),
    )
    expect(played.state.schedule?.ended.map(({ steps, ended_by }) => [steps, ended_by])).toEqual([
      [3, 'length'],
      [3, 'length'],
      [3, 'length'],
    ])
  })

  it('begins a step at once for a trainer that went down within one, and never twice', () => {
    const half = play(turn, 10, () => ({})).state
    expect(half).toMatchObject({ step: 3, in_step: 2 })
    const again = beginStep(turn, half)
    expect(again).toMatchObject({ step: 4, in_step: 0 })
    expect(again.schedule?.phase?.meta_class).toBe('cold')
    expect(beginStep(turn, again)).toBe(again)
    expect(openGroup(turn, again).step).toBe(3)
    expect(beginStep(turn, openRun(turn))).toMatchObject({ step: 1, in_phase: 1 })
  })

  it('is none in a run without classes, which counts its steps alone, and by another objective', () => {
    const bare = settingsOf({ classes: null })
    expect(play(bare, 5, () => ({})).places.at(-1)).toEqual({ step: 1, meta_class: null, observed: false })
    const whole = settingsOf({ objective: 'scalarised' })
    expect(openGroup(whole, openRun(whole))).toMatchObject({ meta_class: null, observed: true })
  })

  it('goes on with what was stored, as if nothing had happened', () => {
    const exp3 = settingsOf({ selector: { kind: 'exp3' }, observe: 0.5 })
    const scores = (place: Place) => looked(place, (name) => 0.1 * NAMES.indexOf(name))
    const whole = play(exp3, 60, scores)
    const first = play(exp3, 30, scores)
    const rest = play(exp3, 30, scores, parseWith(runState, JSON.parse(JSON.stringify(first.state))))
    expect(rest.state).toEqual(whole.state)
    expect([...first.places, ...rest.places]).toEqual(whole.places)
  })
})

describe('class scores', () => {
  it('forget by their half-life, whenever they come, and stand for as many groups as they count', () => {
    const settings = settingsOf({ half_life: 2, selector: { kind: 'round_robin' } })
    const at = (step: number): Place => ({ step, meta_class: 'warm', observed: false })
    const scored = (warm: number) => Array.from({ length: 4 }, () => ({ classes: { warm }, masked: false }))
    const taken = (steps: [number, number][]) =>
      steps.reduce(
        (state, [step, score]) => recordScores(settings, state, at(step), scored(score), null),
        openRun(settings),
      )
    const inTurn = showRun(
      'run_1',
      0,
      settings,
      taken([
        [0, 1],
        [2, 0],
      ]),
    )
    expect(inTurn.classes.warm?.score).toBeCloseTo(1 / 3, 12)
    expect(inTurn.classes.warm?.groups).toBeCloseTo(1.5, 12)
    expect(inTurn.classes.cold).toBeNull()
    const late = showRun(
      'run_1',
      0,
      settings,
      taken([
        [2, 0],
        [0, 1],
      ]),
    )
    expect(late.classes.warm?.score).toBeCloseTo(1 / 3, 12)
    expect(late.classes.warm?.step).toBe(2)
  })

  it('leave out what is null or masked, and count what was masked', () => {
    const settings = settingsOf()
    const { state: opened, ...place } = openGroup(settings, openRun(settings))
    const members = [
      { classes: { warm: null, cold: 1 }, masked: true },
      { classes: { cold: 0 }, masked: true },
    ]
    const state = recordScores(settings, opened, place, members, { ...NOTHING, judge_calls: 7 })
    const { classes, masked, overall, observation } = showRun('run_1', 0, settings, state)
    expect([classes.warm, classes.cold?.score, overall]).toEqual([null, 0.5, 0.5])
    expect(masked).toEqual({ [String(place.meta_class)]: 2 })
    expect(observation).toMatchObject({ responses: 2, judge_calls: 7, cost: null })
  })

  it('are those of calls marked split=eval alone, where the settings say so', () => {
    const settings = settingsOf({ measure: 'eval' })
    const trained = play(settings, 8, (place) => looked(place, () => 1)).state
    expect(showRun('run_1', 0, settings, trained).overall).toBeNull()
    const state = recordEvaluation(settings, trained, [{ warm: 0.25 }, { warm: 0.75, cold: 0 }], NOTHING)
    expect(showRun('run_1', 0, settings, state).overall).toBe(0.25)
  })

  it('of a group say how much of its spread a sum keeps', () => {
    const settings = settingsOf({ class_weights: { warm: 1, cold: 1 } })
    const vectors = [
      { warm: 0, cold: 0 },
      { warm: 0, cold: 1 },
      { warm: 1, cold: 0 },
      { warm: 1, cold: 1 },
    ]
    const place = { step: 0, meta_class: 'warm', observed: true }
    const state = recordSpread(settings, openRun(settings), place, vectors)
    const { contraction, correlations } = showRun('run_1', 0, settings, state)
    expect(contraction).toBeCloseTo(Math.SQRT1_2, 12)
    expect(correlations).toEqual({ 'warm~cold': 0 })
    expect(
      recordSpread(settings, openRun(settings), { ...place, observed: false }, vectors).contraction,
    ).toBeNull()
  })

  it('have names that every object has too', () => {
    const settings = settingsOf({ classes: { constructor: ['a'], toString: ['b'] } })
    const { state } = play(settings, 20, () => ({ constructor: 0.5, toString: 0.5 }))
    expect(showRun('run_1', 0, settings, state).overall).toBe(0.5)
  })
})

describe('choosing', () => {
  it('looks at all classes in the first step, which is what the first phase is held against', () => {
    const settings = settingsOf({ observe: 0.01 })
    const { places, state } = play(settings, 13, (place, at) => looked(place, () => (at < 4 ? 0.2 : 0.6)))
    expect(places.slice(0, 4).every(({ observed }) => observed)).toBe(true)
    expect(places.slice(4).some(({ observed }) => !observed)).toBe(true)
    expect(state.schedule?.before.classes).toEqual({ warm: 0.2, cold: 0.2, dark: 0.2 })
    expect(state.schedule?.before.overall).toBeCloseTo(0.2, 12)
    expect(state.schedule?.ended[0]?.after.overall).toBeGreaterThan(0.25)
  })

  it('takes a class that is seen late for no change of the overall score', () => {
    const settings = settingsOf({ observe: 1, selector: { kind: 'round_robin' }, ...RAILLESS })
    const { state } = play(settings, 40, (_, at) => ({
      warm: 0.5,
      cold: 0.5,
      ...(at > 20 && { dark: 0.1 }),
    }))
    const overall = [state.schedule?.before, ...(state.schedule?.ended ?? []).map(({ after }) => after)].map(
      (evaluation) => evaluation?.overall,
    )
    for (const one of overall) expect(one).toBeCloseTo(1.1 / 3, 12)
  })

  it('observes about the share of groups that is asked for', () => {
    const { places } = play(settingsOf({ observe: 0.3 }), 2004, () => ({}))
    const share = places.slice(4).filter(({ observed }) => observed).length / 2000
    expect(share).toBeGreaterThan(0.26)
    expect(share).toBeLessThan(0.34)
  })

  it('ends a phase under which another class falls, though not where that may be chance', () => {
    const rails = {
      selector: { kind: 'round_robin' },
      first: 'warm',
      observe: 1,
      phase_steps: 50,
      half_life: 2,
    }
    const settings = settingsOf({ ...rails, guard_rails: { floor: 0.1 } })
    const falling = play(settings, 80, (place) =>
      looked(place, (name) => (name === 'cold' ? 1 - place.step / 20 : 0.5)),
    )
    const [phase] = falling.state.schedule?.ended ?? []
    expect(phase).toMatchObject({ meta_class: 'warm', ended_by: 'floor' })
    expect(phase?.steps).toBeGreaterThan(2)
    expect(phase?.steps).toBeLessThan(9)
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = seededRandom(seed)
      const coin = (place: Place) => looked(place, () => Number(random() < 0.7))
      const noisy = play({ ...settings, prompts_per_step: 16 }, 320, coin)
      expect(noisy.state.schedule?.ended, String(seed)).toEqual([])
    }
  })

  it('remembers as many phases as it needs, and draws on', () => {
    const settings = settingsOf({ selector: { kind: 'exp3', rate: 1 }, prompts_per_step: 1, phase_steps: 1 })
    const { state, places } = play(settings, 560, () => ({}))
    expect(state.schedule?.ended).toHaveLength(500)
    expect(new Set(places.slice(-30).map(({ meta_class }) => meta_class))).toEqual(new Set(NAMES))
  })
})

/** Trains the synthetic policy for so many steps on what the run's URL would answer. */
function train(settings: RunSettings, steps: number, seed: number) {
  const policy = urlPolicy(NAMES, { seed })
  let state = openRun(settings)
  for (let step = 0; step < steps; step++) {
    const groups = Array.from({ length: settings.prompts_per_step }, () => {
      const { state: opened, ...place } = openGroup(settings, state)
      const answers = Array.from({ length: settings.group_size }, () => policy.answer())
      const vectors = answers.map((flags: Flags) => looked(place, (name) => Number(flags[name])))
      const found = vectors.map((classes) => ({ classes, masked: false }))
      state = recordScores(settings, opened, place, found, place.observed ? NOTHING : null)
      const reward = (at: number) => vectors[at]?.[place.meta_class ?? ''] ?? 0
      return answers.map((flags, at) => ({ flags, reward: reward(at) }))
    })
    policy.learn(groups)
  }
  return { state, reached: NAMES.map(policy.chance) }
}

test.each([
  { kind: 'ucb' },
  { kind: 'exp3' },
  { kind: 'round_robin' },
  { kind: 'headroom' },
  { kind: 'slope' },
])('$kind: a policy that knows nothing but the reward learns every class', (selector) => {
  const settings = settingsOf({
    selector,
    prompts_per_step: 8,
    group_size: 8,
    phase_steps: 10,
    observe: 0.25,
  })
  for (const seed of [1, 2]) {
    const { reached, state } = train(settings, 300, seed)
    for (const [at, chance] of reached.entries()) expect(chance, NAMES[at]).toBeGreaterThan(0.85)
    expect(new Set(state.schedule?.ended.map(({ meta_class }) => meta_class))).toEqual(new Set(NAMES))
  }
})
