import { expect, test } from 'vitest'
import { PlumblineError } from '../../protocol/error.ts'
import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { sentenceOf } from '../../rubric/lint/fault.ts'
import { lintLayer } from '../../rubric/lint.ts'
import { SHIPPED_LAYERS } from '../../rubric/meta-rubrics.ts'
import { layerHash, ownClause } from '../edits/edit.ts'
import { createBench } from '../measure/bench.ts'
import { type LabelledPair, NO_COST, type Trial } from '../measure/pair.ts'
import { splitPairs } from '../measure/split.ts'
import { DEFAULTS } from '../search/options.ts'
import { search } from '../search/search.ts'
import { samplingProposer } from './sample.ts'
import { type AskedGroup, trainingGroups } from './training-groups.ts'

const [layer] = SHIPPED_LAYERS
if (!layer) throw new Error('No layer ships.')

const flattery = {
  id: 'flattery',
  level: 'important' as const,
  title: 'Praises the person who asks',
  description: 'Opens with a compliment about the question and closes with another one.',
  applies: 'Somebody writes in an insecure tone.',
}
const house: MetaRubricLayer = { ...layer, pool: [...layer.pool, flattery] }
const writing = (change: object) =>
  JSON.stringify({ changes: [{ ...flattery, rationale: 'So.', ...change }] })
const REPLIES = {
  cures: writing({ op: 'delete' }),
  harms: writing({ op: 'delete', id: layer.pool[0]?.id }),
  unknown: writing({ op: 'delete', id: 'no-such-clause' }),
  babble: 'I would rather not.',
}

/** What a policy writes, one reply after the other, whatever it is asked. */
function policyThatSays(...replies: string[]) {
  const seeds: (number | undefined)[] = []
  return {
    seeds,
    async generate(_: unknown, { seed, temperature }: { seed?: number; temperature?: number } = {}) {
      expect(temperature).toBe(1)
      const text = replies[seeds.push(seed) - 1] ?? 'nothing'
      return { text, finish: 'stop' as const, tokens: { prompt: 9, completion: 5, cached: 0 } }
    },
  }
}
const request = { layer: house, clusters: [], count: 5, seed: 1, tried: new Set<string>() }

test('each edit is a completion of one prompt, with a seed of its own; equal ones are tried once', async () => {
  const policy = policyThatSays(REPLIES.cures, REPLIES.babble, REPLIES.harms, REPLIES.cures, REPLIES.unknown)
  const { edits, cost, group, failure } = await samplingProposer(policy, 'hush')(request)
  expect(edits.map(({ edit }) => edit)).toEqual([
    { op: 'delete', id: 'flattery' },
    { op: 'delete', id: layer.pool[0]?.id },
    { op: 'delete', id: 'no-such-clause' },
  ])
  expect(new Set(policy.seeds).size).toBe(5)
  expect([cost.prompt_tokens, cost.completion_tokens, failure]).toEqual([45, 25, null])
  expect(group?.completions.map(({ text }) => text)).toEqual([
    REPLIES.cures,
    REPLIES.babble,
    REPLIES.harms,
    REPLIES.cures,
    REPLIES.unknown,
  ])
  expect(group?.completions.map(({ edit }) => edit !== null)).toEqual([true, false, true, true, true])
  expect(group?.messages.at(-1)?.content).toContain('Propose 1 different changes')
})

test('a policy that can not be reached stops the search', async () => {
  const gone = {
    generate: () => Promise.reject(new PlumblineError('model_unreachable', 'Gone.', { transient: true })),
  }
  await expect(samplingProposer(gone, 'hush')(request)).rejects.toThrow('Gone.')
})

const pairs = Array.from(
  { length: 100 },
  (_, index): LabelledPair => ({
    id: `p${index}`,
    prompt: `Question ${index}?`,
    responses: ['one', 'two'],
    label: 'first',
  }),
)
/** The clause misleads the judge on a third of the pairs; without the first clause it errs on half. */
const judgeOne = async (tried: MetaRubricLayer, { id }: LabelledPair): Promise<Trial> => {
  const number = Number(id.slice(1))
  const misled = number % 3 === 0 && ownClause(tried, 'flattery') !== null
  const blind = number % 2 === 0 && ownClause(tried, layer.pool[0]?.id ?? '') === null
  const outcome = misled || blind ? 'wrong' : 'right'
  return { pair: id, outcome, error: null, judgment: null, blame: null, cost: NO_COST }
}

test('a search finds out what each completion is worth', async () => {
  const asked: AskedGroup[] = []
  const replies = [REPLIES.cures, REPLIES.babble, REPLIES.harms, REPLIES.cures, REPLIES.unknown]
  const propose = samplingProposer(policyThatSays(...replies), 'hush')
  const bench = createBench({ judgeOne, atOnce: 8, budget: 1e6, reserve: 0 })
  const result = await search(
    house,
    await splitPairs(pairs, 7),
    { ...DEFAULTS, seed: 7, generations: 1, children: 5 },
    {
      judge: bench.judge,
      lint: (child) => lintLayer(child, SHIPPED_LAYERS).map(sentenceOf),
      async propose(wanted) {
        const proposals = await propose(wanted)
        if (proposals.group) {
          asked.push({ parent: await layerHash(wanted.layer), group: proposals.group })
        }
        return proposals
      },
    },
  )
  const [group, ...others] = trainingGroups(asked, result.members)
  expect(others).toEqual([])
  const [cured, babbled, harmed, again, refused] = group?.completions.map(({ reward }) => reward) ?? []
  expect(cured).toBeGreaterThan(0.2)
  expect(again).toBe(cured)
  expect(harmed).toBeLessThan(0)
  expect([babbled, refused]).toEqual([0, 0])

  const unjudged = result.members.map((member) => ({ ...member, gain: null }))
  expect(trainingGroups(asked, unjudged)).toEqual([])
})
