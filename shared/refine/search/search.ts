import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { seededRandom } from '../../statistics/random.ts'
import { clusterErrors } from '../errors/cluster.ts'
import { BudgetSpent } from '../measure/bench.ts'
import { type Gain, gainOf, scoreOf } from '../measure/fitness.ts'
import type { LabelledPair } from '../measure/pair.ts'
import type { Split } from '../measure/split.ts'
import { editKey } from '../propose/proposer.ts'
import { childOf, mergeOf, newMember } from './breed.ts'
import type { Member } from './member.ts'
import type { SearchContext, SearchOptions } from './options.ts'
import { drop, type Runner, race, shown } from './race.ts'

/** Of the bootstrap that accepts: its ends lie further out than elsewhere. */
const RESAMPLES = 10_000

/** What a search found: the seed where nothing better was. */
export type SearchResult = {
  seed: Member
  best: Member
  /** Everything that was tried, in order, the seed first. */
  members: Member[]
  generations: number
  stopped: 'generations' | 'patience' | 'budget' | 'no errors'
}

/**
 * Evolutionary search of a meta-rubric (systems.md 3.4; our reconstruction). In each generation the errors and ties
 * of the fittest members on a train minibatch are clustered, edits of one clause are proposed, sound new children
 * are raced against their parents, survivors are judged on dev, and the fittest are kept. A child takes the place
 * of the best only beyond a bootstrap threshold, stricter the more children and generations there are to choose
 * from. The same answers give the same search, so that one that was killed is run again from its journal.
 */
export async function search(
  layer: MetaRubricLayer,
  split: Split,
  options: SearchOptions,
  context: SearchContext,
): Promise<SearchResult> {
  const born = {
    parents: [],
    edit: null,
    origin: 'seed',
    rationale: null,
    evidence: [],
    generation: 0,
  } as const
  const seed: Member = { ...(await newMember(layer, { ...born, parents: [], evidence: [] })), fate: 'seed' }
  const state: State = { seed, best: seed, population: [seed], members: [seed], tried: new Map() }
  const outcome = (generations: number, stopped: SearchResult['stopped']): SearchResult => {
    const { best, members } = state
    return { seed, best, members, generations, stopped }
  }
  let quiet = 0
  let generation = 0
  try {
    await scoreOnDev(seed, split, options, context)
    while (generation < options.generations) {
      generation++
      context.tell?.({ event: 'generation', generation, fittest: state.best })
      const step = await evolve(state, split, generation, options, context)
      if (step === 'no errors') return outcome(generation, 'no errors')
      quiet = step === 'accepted' ? 0 : quiet + 1
      if (options.apply && quiet >= options.patience) return outcome(generation, 'patience')
    }
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error
    for (const member of state.members) {
      if (member.fate === 'survived' && member.scores.dev === null)
        drop(member, 'The budget was spent before it was judged.')
    }
    return outcome(generation, 'budget')
  }
  return outcome(generation, 'generations')
}

type State = {
  seed: Member
  best: Member
  population: Member[]
  members: Member[]
  /** The edits of each member that were proposed, by its hash. */
  tried: Map<string, Set<string>>
}

async function evolve(
  state: State,
  split: Split,
  generation: number,
  options: SearchOptions,
  context: SearchContext,
): Promise<'accepted' | 'quiet' | 'no errors'> {
  const minibatches = drawMinibatches(split.train, generation, options)
  const runners = await breed(state, minibatches[0] ?? [], generation, options, context)
  if (runners === null) return 'no errors'
  const survivors = await race(runners, minibatches, context, options)
  for (const child of survivors) await scoreOnDev(child, split, options, context)
  const accepted = await accept(state, survivors, split, options, context)
  for (const { child } of runners) context.tell?.({ event: 'member', member: child })
  if (!options.apply) return 'quiet'
  state.population = [...state.population, ...survivors]
    .toSorted((a, b) => (b.scores.dev?.fitness ?? -1) - (a.scores.dev?.fitness ?? -1))
    .slice(0, options.population)
  return accepted ? 'accepted' : 'quiet'
}

/** The sound new children of the fittest members; null where none of these made an error. */
async function breed(
  state: State,
  minibatch: LabelledPair[],
  generation: number,
  options: SearchOptions,
  context: SearchContext,
): Promise<Runner[] | null> {
  const runners: Runner[] = []
  let errors = 0
  const join = (child: Member, parent: Member) => {
    if (enrol(child, state, context)) runners.push({ child, parent })
    else context.tell?.({ event: 'member', member: child })
  }
  for (const parent of state.population.slice(0, options.beam)) {
    const clusters = clusterErrors(await context.judge(parent.layer, minibatch), minibatch)
    errors += clusters.length
    if (clusters.length === 0) continue
    const tried = state.tried.get(parent.hash) ?? new Set()
    state.tried.set(parent.hash, tried)
    const seed = options.seed + generation
    const asked = await context.propose({
      layer: parent.layer,
      clusters,
      count: options.children,
      seed,
      tried,
    })
    if (asked.failure !== null) context.tell?.({ event: 'proposer failed', reason: asked.failure })
    for (const proposed of asked.edits) {
      tried.add(editKey(proposed.edit))
      join(await childOf(parent, proposed, clusters, generation), parent)
    }
  }
  const [first, second] = state.population
  if (options.crossover && first && second) join(await mergeOf(state.seed, first, second, generation), first)
  return errors === 0 ? null : runners
}

/** Takes a child among the members. False where it can't run: it says so itself. */
function enrol(child: Member, { members }: State, { lint }: SearchContext): boolean {
  if (child.fate !== 'inapplicable') {
    const faults = lint(child.layer)
    const twin = members.find(({ hash }) => hash === child.hash)
    if (twin)
      Object.assign(child, {
        fate: 'duplicate',
        reason: `It equals a member of generation ${twin.generation}.`,
      })
    else if (faults.length > 0) Object.assign(child, { fate: 'unsound', reason: faults.join(' ') })
  }
  members.push(child)
  return child.fate === 'survived'
}

/** Says what each survivor gains, and replaces the best by the fittest that is surely better, if one is. */
async function accept(
  state: State,
  survivors: Member[],
  { dev }: Split,
  { penalties, confidence, minGain, seed, apply, generations }: SearchOptions,
  { judge }: SearchContext,
): Promise<boolean> {
  // Of many children some look better by chance: the share of error is divided among them and among the
  // generations that may come (Bonferroni).
  const level = 1 - (1 - confidence) / (Math.max(1, survivors.length) * generations)
  const sureness = { seed, level, resamples: RESAMPLES }
  const best = { layer: state.best.layer, trials: await judge(state.best.layer, dev) }
  const candidates: { child: Member; gain: Gain | null }[] = []
  for (const child of survivors) {
    const trials = await judge(child.layer, dev)
    candidates.push({
      child,
      gain: gainOf({ layer: child.layer, trials }, best, dev, penalties, sureness),
    })
  }
  for (const { child, gain } of candidates) {
    const { judged } = gain ?? {}
    child.gain = gain?.fitness ?? null
    child.reason = judged
      ? `It gains ${shown(judged.mean)} on dev, ${shown(judged.low)} to ${shown(judged.high)}.`
      : 'No dev pair has a verdict by it and by the best.'
  }
  const [winner] = candidates
    .filter(({ gain }) => gain !== null && gain.judged.low > 0 && gain.fitness >= minGain)
    .toSorted((a, b) => (b.gain?.fitness ?? 0) - (a.gain?.fitness ?? 0))
  if (!winner || !apply) return false
  winner.child.fate = 'accepted'
  state.best = winner.child
  return true
}

async function scoreOnDev(
  member: Member,
  { dev }: Split,
  { penalties }: SearchOptions,
  { judge }: SearchContext,
) {
  member.scores.dev = scoreOf(member.layer, await judge(member.layer, dev), dev, penalties)
}

/** The train pairs of a generation's rounds, drawn without replacement by the seed. */
function drawMinibatches(
  train: LabelledPair[],
  generation: number,
  { seed, minibatch, rounds }: SearchOptions,
): LabelledPair[][] {
  const random = seededRandom(seed * 1_000_003 + generation)
  const drawn = train
    .map((pair) => ({ pair, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ pair }) => pair)
  return Array.from({ length: rounds }, (_, round) =>
    drawn.slice(round * minibatch, (round + 1) * minibatch),
  ).filter((batch) => batch.length > 0)
}
