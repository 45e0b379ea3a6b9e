import type { Ground } from '../../../gpu-worker/train/ground.ts'
import type { Sample } from '../../../gpu-worker/train/sampler.ts'
import { labelledPairs } from '../../../gpu-worker/train/testing/tiny-arm.ts'
import { TINY_FORM } from '../../../gpu-worker/train/testing/tiny-form.ts'
import { TRAINED } from '../../../gpu-worker/train/testing/tiny-language.ts'
import type { Trainer } from '../../../gpu-worker/train/trainer.ts'
import type { Message } from '../../../shared/protocol/message.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { mean } from '../../../shared/statistics/moments.ts'
import { noMoments, squaredNorm, take, variance } from './gradient-moments.ts'

/** Of one pair: how the flat gradient of the expected reward varies from sample to sample. */
export type PairVariance = {
  /** The judge's gradient by one cached rubric, a mean over cached rubrics, and what equation 17 says of it. */
  cached: number
  equation17: number
  /** The judge's gradient where each sample has a rubric of its own. */
  resampled: number
  /** The generator's gradient, and what equation 18 says of it. */
  generator: number
  equation18: number
  /** The gradient of both roles at once. */
  both: number
  /** Of equation 19: the ratio of the scores' norms, and what it has to be above for equation 20 to follow. */
  ratio: number
  bound: number
}

export type VarianceOptions = { pairs: number; samples: number; seed: number }

/**
 * Estimates of REINFORCE without a baseline, R u with u the gradient of the log-probability of what was drawn, as
 * systems.md 1.6 has it. The equations take u_j for a constant; here its squared norm is the mean over what the judge
 * writes when it is right.
 */
export async function pairVariances(
  ground: Ground,
  trainer: Trainer,
  { pairs, samples, seed }: VarianceOptions,
): Promise<PairVariance[]> {
  const scores = scoreFunction(ground, trainer)
  const found: PairVariance[] = []
  for (const [index, pair] of labelledPairs(TRAINED, pairs, seed).entries()) {
    const prompt: Message[] = [{ role: 'user', content: pair.prompt }]
    const asked = await TINY_FORM.generatorMessages(prompt, '')
    const at = derivedSeed(seed, index)
    const rubrics = await draw(ground, asked, samples, derivedSeed(at, 1))
    const cached = rubrics.slice(0, 2)
    const judgeBy = async (rubric: string): Promise<Message[]> => {
      const { criteria } = TINY_FORM.readRubric(rubric)
      return TINY_FORM.judgeMessages(
        { prompt, shown: pair.responses, reference: null, criteria: criteria ?? [] },
        '',
      )
    }
    const reward = (judgment: Sample) => Number(TINY_FORM.winner(judgment.text) === pair.winner)

    const byCached = []
    for (const [which, rubric] of cached.entries()) {
      const messages = await judgeBy(rubric.text)
      const moments = noMoments(trainer.parameterCount)
      const norms: number[] = []
      let right = 0
      for (const judgment of await draw(ground, messages, samples, derivedSeed(at, 2, which))) {
        const u = await scores(messages, judgment)
        take(moments, u, reward(judgment))
        if (reward(judgment) === 1) norms.push(squaredNorm(u))
        right += reward(judgment) / samples
      }
      const norm = norms.length === 0 ? 0 : mean(norms)
      byCached.push({ variance: variance(moments), p: right, norm })
    }

    const [judge, generator] = [noMoments(trainer.parameterCount), noMoments(trainer.parameterCount)]
    const rows: { text: string; reward: number; squared: number }[] = []
    for (const [which, rubric] of rubrics.entries()) {
      const messages = await judgeBy(rubric.text)
      const [judgment] = await draw(ground, messages, 1, derivedSeed(at, 3, which))
      if (!judgment) continue
      const u = await scores(asked, rubric)
      take(judge, await scores(messages, judgment), reward(judgment))
      take(generator, u, reward(judgment))
      rows.push({ text: rubric.text, reward: reward(judgment), squared: squaredNorm(u) })
    }
    const eighteen = await equation18(rows, async (text) => {
      const rubric = rubrics.find((one) => one.text === text)
      return rubric ? scores(asked, rubric) : new Float32Array(trainer.parameterCount)
    })
    const p = mean(byCached.map((one) => one.p))
    const judgeNorm = mean(byCached.map(({ norm }) => norm))
    found.push({
      cached: mean(byCached.map((one) => one.variance)),
      equation17: mean(byCached.map((one) => one.p * (1 - one.p) * one.norm)),
      resampled: variance(judge),
      generator: variance(generator),
      equation18: eighteen.total,
      both: variance(judge) + variance(generator),
      ratio: Math.sqrt(mean(rows.map(({ squared }) => squared)) / judgeNorm),
      bound: Math.sqrt((1 - p) / (1 - p + eighteen.c1 * p)),
    })
  }
  return found
}

/** E_r[p(1-p)|u_r|^2] + Var_r(p u_r), and C1 of equation 19, with p estimated for each rubric that was drawn. */
async function equation18(
  rows: readonly { text: string; reward: number; squared: number }[],
  scoreOf: (text: string) => Promise<Float32Array>,
): Promise<{ total: number; c1: number }> {
  const groups = Map.groupBy(rows, ({ text }) => text)
  let [noise, squares] = [0, 0]
  let average: Float64Array | null = null
  for (const [text, group] of groups) {
    const share = group.length / rows.length
    const p = mean(group.map(({ reward }) => reward))
    const squared = group[0]?.squared ?? 0
    noise += share * p * (1 - p) * squared
    squares += share * p * p * squared
    const u = await scoreOf(text)
    average ??= new Float64Array(u.length)
    for (const [at, value] of u.entries()) average[at] = (average[at] ?? 0) + share * p * value
  }
  const between = squares - (average ?? new Float64Array()).reduce((sum, value) => sum + value * value, 0)
  return { total: noise + between, c1: squares > 0 ? between / squares : 0 }
}

function draw(ground: Ground, messages: readonly Message[], count: number, seed: number): Promise<Sample[]> {
  const request = { messages, role: null, count, maxTokens: 12, temperature: 1, seed }
  return ground.sampler.sample([request]).then(([samples = []]) => samples)
}

/** The gradient of a completion's log-probability; equal ones are computed once. */
function scoreFunction({ sampler }: Ground, trainer: Trainer) {
  const known = new Map<string, Float32Array>()
  return async (messages: readonly Message[], { tokens }: Sample): Promise<Float32Array> => {
    const prompt = sampler.prompt(messages)
    const key = JSON.stringify([prompt, tokens])
    const found = known.get(key)
    if (found) return found
    const columns = { weight: new Float32Array(tokens.length).fill(-1) }
    const score = await trainer.gradient([{ prompt, branches: [{ tokens, columns }] }], {
      kind: 'supervised',
    })
    known.set(key, score)
    return score
  }
}
