import { describe, expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'
import { commonSubsequence } from './common-subsequence.ts'
import { SIMILARITY, type SimilarityMetric } from './scores.ts'

/**
 * What the Python references give for texts of our own: rouge-score 0.1.2 (no stemmer), sacrebleu `sentence_bleu`, NLTK
 * `sentence_gleu` on tokens of 13a and `meteor_score` with Porter's original stemmer and no WordNet, rapidfuzz
 * `fuzz.ratio`, scikit-learn's cosine of word counts.
 */
const REFERENCE: [candidate: string, reference: string, scores: Record<SimilarityMetric, number>][] = [
  [
    'The cat sat on the mat.',
    'The cat is sitting on the mat, quietly.',
    {
      rouge_1: 0.714286,
      rouge_2: 0.5,
      rouge_3: 0.2,
      rouge_4: 0.0,
      rouge_5: 0.0,
      rouge_l: 0.714286,
      bleu: 0.209587,
      gleu: 0.294118,
      meteor: 0.620513,
      fuzzy_match: 0.709677,
      cosine: 0.782624,
    },
  ],
  [
    'Rain fell on the old town for three days; nobody complained.',
    'For three days, rain fell on the old town and nobody complained about it.',
    {
      rouge_1: 0.88,
      rouge_2: 0.695652,
      rouge_3: 0.47619,
      rouge_4: 0.315789,
      rouge_5: 0.235294,
      rouge_l: 0.64,
      bleu: 0.302151,
      gleu: 0.362069,
      meteor: 0.794776,
      fuzzy_match: 0.676692,
      cosine: 0.886405,
    },
  ],
  [
    'It costs $3.50, or 1,000 yen - maybe 20-30% more.',
    'It cost 3.50 dollars or 1,000 yen (20-30 % more).',
    {
      rouge_1: 0.833333,
      rouge_2: 0.545455,
      rouge_3: 0.3,
      rouge_4: 0.111111,
      rouge_5: 0.0,
      rouge_l: 0.833333,
      bleu: 0.33158,
      gleu: 0.396552,
      meteor: 0.907369,
      fuzzy_match: 0.77551,
      cosine: 0.833333,
    },
  ],
  [
    'Running runners ran quickly through the connected connections.',
    'The runner runs quick through a connection.',
    {
      rouge_1: 0.266667,
      rouge_2: 0.0,
      rouge_3: 0.0,
      rouge_4: 0.0,
      rouge_5: 0.0,
      rouge_l: 0.133333,
      bleu: 0.056698,
      gleu: 0.066667,
      meteor: 0.352113,
      fuzzy_match: 0.704762,
      cosine: 0.267261,
    },
  ],
  [
    'yes',
    'no',
    {
      rouge_1: 0.0,
      rouge_2: 0.0,
      rouge_3: 0.0,
      rouge_4: 0.0,
      rouge_5: 0.0,
      rouge_l: 0.0,
      bleu: 0.0,
      gleu: 0.0,
      meteor: 0.0,
      fuzzy_match: 0.0,
      cosine: 0.0,
    },
  ],
  [
    'a b c d e f g',
    'g f e d c b a',
    {
      rouge_1: 1.0,
      rouge_2: 0.0,
      rouge_3: 0.0,
      rouge_4: 0.0,
      rouge_5: 0.0,
      rouge_l: 0.142857,
      bleu: 0.106822,
      gleu: 0.318182,
      meteor: 0.5,
      fuzzy_match: 0.538462,
      cosine: 1.0,
    },
  ],
  [
    'one two three four five six seven eight',
    'one two three four five six seven eight',
    {
      rouge_1: 1.0,
      rouge_2: 1.0,
      rouge_3: 1.0,
      rouge_4: 1.0,
      rouge_5: 1.0,
      rouge_l: 1.0,
      bleu: 1.0,
      gleu: 1.0,
      meteor: 0.999023,
      fuzzy_match: 1.0,
      cosine: 1.0,
    },
  ],
  [
    'He said "hello" & left.',
    'He said hello and then left',
    {
      rouge_1: 0.8,
      rouge_2: 0.5,
      rouge_3: 0.333333,
      rouge_4: 0.0,
      rouge_5: 0.0,
      rouge_l: 0.8,
      bleu: 0.131345,
      gleu: 0.192308,
      meteor: 0.646552,
      fuzzy_match: 0.76,
      cosine: 0.816497,
    },
  ],
]

describe('scores are those of the Python references', () => {
  it.each(REFERENCE)('%s', (candidate, reference, scores) => {
    for (const [metric, score] of Object.entries(SIMILARITY)) {
      const known = scores[metric as SimilarityMetric]
      expect([metric, score(candidate, reference)]).toEqual([metric, expect.closeTo(known, 5)])
    }
  })
})

it('the longest common subsequence is that of the plain table', () => {
  const plain = (a: string, b: string) => {
    let row = Array<number>(b.length + 1).fill(0)
    for (const left of a) {
      const next = [0]
      for (const [index, right] of [...b].entries()) {
        next.push(left === right ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0))
      }
      row = next
    }
    return row.at(-1)
  }
  let state = 7
  const random = (length: number) =>
    Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647
      return 'abcd'[state % 4]
    }).join('')
  for (const [left, right] of [
    [0, 5],
    [31, 33],
    [32, 64],
    [100, 129],
    [200, 70],
  ]) {
    const [a, b] = [random(left ?? 0), random(right ?? 0)]
    expect(commonSubsequence([...a], [...b])).toBe(plain(a, b))
  }
})

const check = async (spec: object, response: string) => {
  const [result] = await verify([verifierSpec.parse(spec)], { prompt: null, response })
  return result
}

it('passes from the score on, which it tells', async () => {
  const spec = { kind: 'similarity', metric: 'rouge_1', reference: 'the cat sat' }
  expect(await check({ ...spec, min: 0.6 }, 'A cat sat')).toMatchObject({
    passed: true,
    received: 'rouge_1 0.6667',
  })
  expect(await check({ ...spec, min: 0.7 }, 'A cat sat')).toMatchObject({ passed: false })
  expect(await check({ ...spec, min: 0.7 }, '')).toMatchObject({ passed: false, received: 'rouge_1 0.0000' })
})

it('every metric of two texts of 200,000 characters takes a second at most, or can not tell', async () => {
  const response = Array.from({ length: 33_000 }, (_, index) => `w${(index * 7919) % 1000}`).join(' ')
  const reference = Array.from({ length: 33_000 }, (_, index) => `w${(index * 104_729) % 1000}`).join(' ')
  for (const metric of Object.keys(SIMILARITY)) {
    const started = performance.now()
    const result = await check({ kind: 'similarity', metric, reference, min: 0.5 }, response)
    expect([metric, performance.now() - started < 3000]).toEqual([metric, true])
    if (metric === 'fuzzy_match') expect(result?.error?.message).toContain('too long')
    else expect(typeof result?.passed).toBe('boolean')
  }
})

it('many of them in one call share a few seconds of work: the rest can not tell', async () => {
  const texts = { response: 'a b '.repeat(49_000), reference: 'b a '.repeat(10_000) }
  for (const metric of Object.keys(SIMILARITY)) {
    const spec = verifierSpec.parse({ kind: 'similarity', metric, reference: texts.reference, min: 0.5 })
    const started = performance.now()
    const results = await verify(Array(64).fill(spec), { prompt: null, response: texts.response })
    expect(results.map(({ passed }) => passed)).toEqual(results.map(() => null))
    expect(performance.now() - started).toBeLessThan(500)
  }
})
