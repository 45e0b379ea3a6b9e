import { describe, expect, it } from 'vitest'
import { type GoldenSet, goldenPairs, goldenSets } from './golden-pairs.ts'
import { lintGolden } from './lint/golden.ts'
import { SHIPPED_LAYERS } from './meta-rubrics.ts'

const layerOf = (name: string) => {
  const layer = SHIPPED_LAYERS.find((shipped) => shipped.name === name)
  if (!layer) throw new Error(`${name} is missing`)
  return layer
}
const code = layerOf('code')

const set = (pairs: object[]): object => ({ name: 'code', version: 1, pairs })
const shipped = goldenPairs('code')
const withFirst = (change: object) =>
  set(shipped.map((pair, index) => (index === 0 ? { ...pair, ...change } : pair)))

/** The same pairs, the better response always in the place, or of the length, that is asked for. */
const turned = (better: (pair: GoldenSet['pairs'][number]) => object) =>
  set(shipped.map((pair) => ({ ...pair, ...better(pair) })))

describe('goldenPairs', () => {
  it('has a set for every layer that ships', () => {
    expect(
      goldenSets()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(SHIPPED_LAYERS.map(({ name }) => name).sort())
    expect(goldenPairs('poetry')).toEqual([])
  })
})

describe('lintGolden', () => {
  it.each(goldenSets().map((golden) => [golden.name, golden] as const))(
    'finds nothing in %s',
    (name, golden) => {
      expect(lintGolden(golden, layerOf(name))).toEqual([])
    },
  )

  it.each<[string, object, object]>([
    ['a third label', withFirst({ label: 'tie' }), { rule: 'schema', field: 'pairs.0.label' }],
    ['no clause', withFirst({ clause: undefined }), { rule: 'schema', field: 'pairs.0.clause' }],
    ['one id twice', withFirst({ id: 'code-02' }), { rule: 'unique_id', clause: 'code-02' }],
    [
      'one prompt twice',
      withFirst({ prompt: shipped[1]?.prompt }),
      { rule: 'repeated_text', clause: 'code-02' },
    ],
    ['equal responses', withFirst({ responses: ['x', 'x'] }), { rule: 'repeated_text', clause: 'code-01' }],
    ['a long text', withFirst({ prompt: 'x'.repeat(601) }), { rule: 'text_length', received: '603' }],
    [
      'a clause of another layer',
      withFirst({ clause: 'math-result' }),
      { rule: 'known_clause', received: '"math-result"' },
    ],
    [
      'a clause without a pair',
      withFirst({ clause: 'code-correct' }),
      { rule: 'coverage', clause: 'code-runs' },
    ],
    ['too few pairs', set(shipped.slice(0, 4)), { rule: 'pair_count', received: '4' }],
    [
      'a label that is always the same',
      turned(() => ({ label: 'first' })),
      { rule: 'label_balance', received: 'first 9 of 9 times' },
    ],
    [
      'a length that tells',
      turned(({ responses: [first, second] }) => ({
        label: first.length > second.length ? 'first' : 'second',
      })),
      { rule: 'length_balance', received: '9 of 9' },
    ],
  ])('finds %s', (_name, broken, fault) => {
    expect(lintGolden(broken, code)).toContainEqual(expect.objectContaining(fault))
  })
})
