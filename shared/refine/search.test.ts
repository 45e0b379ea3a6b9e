import { describe, expect, it } from 'vitest'
import type { Edit } from '../protocol/governance.ts'
import type { Clause, MetaRubricLayer } from '../protocol/rubric.ts'
import { sentenceOf } from '../rubric/lint/fault.ts'
import { lintLayer } from '../rubric/lint.ts'
import { SHIPPED_LAYERS } from '../rubric/meta-rubrics.ts'
import { layerHash, ownClause } from './edits/edit.ts'
import { createBench } from './measure/bench.ts'
import { type LabelledPair, NO_COST, type Trial } from './measure/pair.ts'
import { splitPairs } from './measure/split.ts'
import { mutationProposer } from './propose/mutate.ts'
import type { Proposer } from './propose/proposer.ts'
import { finalTest } from './search/final-test.ts'
import { DEFAULTS, type SearchOptions } from './search/options.ts'
import { type SearchResult, search } from './search/search.ts'

const [general] = SHIPPED_LAYERS
if (!general) throw new Error('No layer ships.')

const good: Clause = {
  id: 'good-units',
  level: 'core',
  title: 'Gives units with every quantity',
  description: 'Each number that measures something carries its unit, in one system throughout.',
  applies: 'The request involves measured quantities.',
}
const harmful: Clause = {
  id: 'flattery',
  level: 'important',
  title: 'Praises the person who asks',
  description: 'Opens with a compliment about the question and closes with another one.',
  applies: 'Somebody writes in an insecure tone.',
}
const other: MetaRubricLayer = {
  ...general,
  name: 'good',
  extends: 'general@1',
  principles: [],
  fatal: [],
  pool: [good],
}
const seeded: MetaRubricLayer = { ...general, pool: [...general.pool, harmful] }

const pairs = Array.from(
  { length: 200 },
  (_, index): LabelledPair => ({
    id: `p${index}`,
    prompt: `Question ${index}?`,
    responses: ['one', 'two'],
    label: index % 2 === 0 ? 'first' : 'second',
    domain: index % 3 === 0 ? 'numbers' : 'words',
  }),
)

/** A judge that errs on a fifth of the pairs for want of `good`, and on another because of `harmful`. */
function oracle(layer: MetaRubricLayer, { id }: LabelledPair): Trial {
  const kind = Number(id.slice(1)) % 5
  const wronged = kind === 0 && ownClause(layer, harmful.id) !== null
  const missed = kind === 1 && ownClause(layer, good.id) === null
  return {
    pair: id,
    outcome: wronged ? 'wrong' : missed ? 'tie' : 'right',
    error: null,
    judgment: `jdg_${id}`,
    blame: wronged ? { clause: harmful.id, level: 'important' } : null,
    cost: { judge_calls: 4, prompt_tokens: 400, completion_tokens: 40 },
  }
}

type Run = {
  judgeOne?: typeof oracle | ((...args: Parameters<typeof oracle>) => Promise<Trial>)
  budget?: number
  propose?: Proposer
}

async function run(
  options: Partial<SearchOptions> = {},
  { judgeOne = oracle, budget = 1e6, propose }: Run = {},
) {
  const split = await splitPairs(pairs, 7)
  const reserve = 2 * split.test.length
  const bench = createBench({ judgeOne: async (...args) => judgeOne(...args), atOnce: 8, budget, reserve })
  const proposer = propose ?? mutationProposer([...SHIPPED_LAYERS, other])
  const result = await search(
    seeded,
    split,
    { ...DEFAULTS, seed: 7, generations: 12, children: 8, ...options },
    {
      judge: bench.judge,
      propose: proposer,
      lint: (layer) => lintLayer(layer, [...SHIPPED_LAYERS, other]).map(sentenceOf),
    },
  )
  return { result, split, bench }
}

const fates = ({ members }: SearchResult) =>
  members.map(({ hash, fate, edit, reason }) => ({ hash, fate, edit, reason }))

describe('search', () => {
  it('deletes the clause that does harm and adds the one that is missing, and says what was tried', async () => {
    // so many that no luck of the draw is needed to meet the missing clause
    const { result, split, bench } = await run({ children: 64 })
    expect(ownClause(result.best.layer, harmful.id)).toBeNull()
    const accepted = result.members.filter(({ fate }) => fate === 'accepted')
    expect(accepted.map(({ edit }) => edit)).toContainEqual({ op: 'delete', id: harmful.id })
    expect(ownClause(result.best.layer, good.id)).toEqual(good)
    const removal = accepted.find(({ edit }) => edit?.op === 'delete' && edit.id === harmful.id)
    expect(removal?.evidence.length).toBeGreaterThan(0)
    expect(removal?.scores.dev?.accuracy).toBeGreaterThan(result.seed.scores.dev?.accuracy ?? 1)
    const test = await finalTest(result.seed, result.best, split.test, bench, DEFAULTS.penalties)
    expect(test?.after.accuracy).toBe(1)
    expect(test?.gain?.judged.low).toBeGreaterThan(0)
    expect(result.members.every(({ fate, reason }) => fate === 'seed' || reason !== null)).toBe(true)
  })

  it('accepts nothing where no edit matters', async () => {
    const chance = (_: MetaRubricLayer, pair: LabelledPair): Trial => ({
      ...oracle(general, pair),
      outcome: Number(pair.id.slice(1)) % 3 === 0 ? 'wrong' : 'right',
      blame: null,
    })
    const { result } = await run({ patience: 2 }, { judgeOne: chance })
    expect([result.best.hash, result.stopped]).toEqual([result.seed.hash, 'patience'])
  })

  it('accepts nothing of a judge that answers by chance', async () => {
    const chance = async (layer: MetaRubricLayer, pair: LabelledPair): Promise<Trial> => {
      const hash = await layerHash({ ...layer, title: pair.id })
      return { ...oracle(general, pair), outcome: hash < '8' ? 'right' : 'wrong', blame: null }
    }
    const { result } = await run({ generations: 6, patience: 6 }, { judgeOne: chance })
    expect(result.members.length).toBeGreaterThan(20)
    expect(result.best.hash).toBe(result.seed.hash)
  })

  it('takes a shorter layer for no surer a gain', async () => {
    const rarely = (layer: MetaRubricLayer, pair: LabelledPair): Trial => {
      const wronged = Number(pair.id.slice(1)) % 40 === 0 && ownClause(layer, harmful.id) !== null
      return { ...oracle(general, pair), outcome: wronged ? 'wrong' : 'right', blame: null }
    }
    const propose: Proposer = async () => ({
      edits: [{ edit: { op: 'delete', id: harmful.id }, rationale: 'r', origin: 'model' }],
      cost: NO_COST,
      failure: null,
    })
    const { result } = await run({ generations: 1, minibatch: 100, rounds: 1 }, { judgeOne: rarely, propose })
    const [, removal] = result.members
    expect(removal?.scores.dev?.fitness).toBeGreaterThan((result.seed.scores.dev?.fitness ?? 1) + 0.01)
    expect([removal?.fate, result.best.hash]).toEqual(['survived', result.seed.hash])
  })

  it('stops at its budget, with the test still paid for', async () => {
    const { result, split, bench } = await run({}, { budget: 2000 })
    expect(result.stopped).toBe('budget')
    const spent = bench.spent().judge_calls
    expect(spent).toBeLessThanOrEqual(2000 - 2 * split.test.length * 4)
    expect(spent).toBeGreaterThan(1500 - 2 * split.test.length * 4)
    const test = await finalTest(result.seed, result.best, split.test, bench, DEFAULTS.penalties)
    expect(test).not.toBeNull()
    expect(bench.spent().judge_calls).toBeLessThanOrEqual(2000)
  })

  it('ends where an uninterrupted search ends when it is killed again and again, and asks nothing twice', async () => {
    const whole = await run()
    const answers = new Map<string, Trial>()
    let asked = 0
    let life = 0
    const mortal = async (layer: MetaRubricLayer, pair: LabelledPair) => {
      const key = JSON.stringify([layer.pool, pair.id])
      const known = answers.get(key)
      if (known) return known
      if (life-- <= 0) throw new Error('killed')
      asked++
      const trial = oracle(layer, pair)
      answers.set(key, trial)
      return trial
    }
    let again: Awaited<ReturnType<typeof run>> | null = null
    for (let attempt = 1; again === null; attempt++) {
      life = (attempt * 337) % 1009
      again = await run({}, { judgeOne: mortal }).catch(() => null)
    }
    expect(fates(again.result)).toEqual(fates(whole.result))
    expect(again.bench.spent()).toEqual(whole.bench.spent())
    expect(asked * 4).toBe(whole.bench.spent().judge_calls)
  })

  it('rejects unsound, inapplicable and equal children with the reason, before they are judged', async () => {
    const edits = [
      { op: 'add', clause: { ...good, title: 'Response A is better' } },
      { op: 'delete', id: 'gone' },
      { op: 'delete', id: harmful.id },
      { op: 'modify', clause: harmful },
    ] as const
    const propose: Proposer = async () => ({
      edits: edits.map((edit) => ({ edit, rationale: 'r', origin: 'model' as const })),
      cost: NO_COST,
      failure: null,
    })
    const { result } = await run({ generations: 1, beam: 1 }, { propose })
    expect(result.members.slice(1).map(({ fate }) => fate)).toEqual([
      'unsound',
      'inapplicable',
      'accepted',
      'duplicate',
    ])
    expect(result.members[1]?.reason).toContain('without a side')
    expect(result.members[4]?.reason).toContain('generation 0')
  })

  it('tries every edit on the seed alone where a person is to decide', async () => {
    const { result } = await run({ apply: false, generations: 3 })
    expect(result.best.hash).toBe(result.seed.hash)
    expect(result.members.slice(1).every(({ parents }) => parents[0] === result.seed.hash)).toBe(true)
    const survivors = result.members.filter(({ fate }) => fate === 'survived')
    expect(survivors.map(({ edit }) => edit)).toContainEqual({ op: 'delete', id: harmful.id })
    expect(survivors.every(({ scores }) => scores.dev !== null)).toBe(true)
  })

  it('merges the two fittest members clause by clause', async () => {
    const propose: Proposer = async ({ layer }) => {
      const isSeed = ownClause(layer, harmful.id) !== null && ownClause(layer, good.id) === null
      const edits: Edit[] = [
        { op: 'delete', id: harmful.id },
        { op: 'add', clause: good },
      ]
      return {
        edits: isSeed ? edits.map((edit) => ({ edit, rationale: 'r', origin: 'model' })) : [],
        cost: NO_COST,
        failure: null,
      }
    }
    const { result } = await run({ crossover: true, generations: 2 }, { propose })
    const child = result.members.find(({ origin, fate }) => origin === 'crossover' && fate === 'accepted')
    expect(child?.parents.length).toBe(2)
    expect(ownClause(result.best.layer, good.id)).toEqual(good)
    expect(ownClause(result.best.layer, harmful.id)).toBeNull()
  })
})

describe('splitPairs', () => {
  it('gives each domain its share, keeps pairs of a prompt together and does not mind the order', async () => {
    const twins = pairs.slice(0, 40).map((pair) => ({ ...pair, id: `${pair.id}-twin` }))
    const split = await splitPairs([...pairs, ...twins], 1)
    const again = await splitPairs([...twins, ...pairs].toReversed(), 1)
    const ids = ({ train }: typeof split) => train.map(({ id }) => id).sort()
    expect(ids(again)).toEqual(ids(split))
    const partOf = new Map(Object.entries(split).flatMap(([part, held]) => held.map(({ id }) => [id, part])))
    expect(twins.every(({ id }) => partOf.get(id) === partOf.get(id.replace('-twin', '')))).toBe(true)
    for (const domain of ['numbers', 'words']) {
      const share = (part: LabelledPair[]) => part.filter((pair) => pair.domain === domain).length
      const all = share(split.train) + share(split.dev) + share(split.test)
      expect(share(split.train) / all).toBeCloseTo(0.5, 1)
      expect(share(split.test) / all).toBeCloseTo(0.2, 1)
    }
  })
})
