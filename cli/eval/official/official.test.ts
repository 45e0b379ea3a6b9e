import { describe, expect, it } from 'vitest'
import type { Winner } from '../../../shared/protocol/judgment.ts'
import type { Finding } from '../../finding.ts'
import type { PairResult, Result } from '../result.ts'
import type { Pair, Results } from '../task.ts'
import { consistentAgreement } from './autoj.ts'
import { healthbenchScores } from './healthbench.ts'
import { instructionAccuracy } from './ifeval.ts'
import { isRightForJudgeBench } from './judgebench.ts'
import { threeWay } from './pandalm.ts'
import { bestOfN, type RatedPrompt } from './rewardbench2.ts'
import { type Cell, styleMatrix } from './rmbench.ts'
import { singleOrders } from './single-orders.ts'

const head = {
  key: '',
  error: null,
  judge_calls: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
  hit: false,
  ms: 0,
}

/** A pair's result in which each order says what is given; both positive for the response that it shows first. */
function judged(id: string, label: Winner, [forward, backward]: [number, number] | [null, null]): PairResult {
  const score = forward === null ? null : (forward - backward) / 2
  const winners = forward === null ? [] : [Math.sign(forward), Math.sign(-backward)]
  const agreed = winners[0] === winners[1] ? (winners[0] ?? null) : 0
  const winner = agreed === null ? null : agreed > 0 ? 'first' : agreed < 0 ? 'second' : 'tie'
  const rest = {
    confidence: null,
    decided_by: null,
    vetoed: false,
    clauses: null,
    rubric: null,
    judgment: null,
  }
  return { task: 'pair', id, ...head, label, winner, score, forward, backward, ...rest }
}

const pairOf = (id: string, label: Winner, group?: string): Pair => ({
  id,
  label,
  prompt: 'p',
  responses: ['a', 'b'],
  ...(group !== undefined && { group }),
})
const resultsOf = (all: Result[]): Results => {
  const byId = new Map(all.map((one) => [one.id, one]))
  return (id) => byId.get(id)
}
const figure = (findings: Finding[], name: string) => {
  const found = findings.find((one) => one.name === name)
  if (!found) throw new Error(`no ${name} in ${findings.map((one) => one.name)}`)
  return found.value
}

it('JudgeBench takes a win and a tie as right, a win and a loss as wrong', () => {
  const right = (orders: [number, number]) => isRightForJudgeBench(judged('1', 'first', orders))
  expect([right([1, -1]), right([1, 0]), right([0, -1])]).toEqual([true, true, true])
  expect([right([1, 1]), right([0, 0]), right([-1, 0])]).toEqual([false, false, false])
})

describe('LLMBar and Auto-J', () => {
  const pairs = [pairOf('1', 'first'), pairOf('2', 'second'), pairOf('3', 'tie'), pairOf('4', 'first')]
  const results = resultsOf([
    judged('1', 'first', [1, -1]),
    judged('2', 'second', [1, 1]),
    judged('3', 'tie', [0, 0]),
    judged('4', 'first', [null, null]),
  ])

  it('count single orders and their agreement', () => {
    const findings = singleOrders(pairs, results)
    expect(figure(findings, 'accuracy, mean of single orders')).toBe((2 + 1 + 2) / 8)
    expect(figure(findings, 'right in both orders')).toBe(1 / 4 + 1 / 4)
    expect(figure(findings, 'positional agreement')).toBe(2 / 4)
  })

  it('ask for both orders to say what people say', () => {
    const findings = consistentAgreement(pairs, results)
    expect(figure(findings, 'agreement, ties among the labels')).toBe(2 / 4)
    expect(figure(findings, 'consistency')).toBe(2 / 4)
  })
})

it('PandaLM is accuracy and macro figures over three labels', () => {
  const pairs = [pairOf('1', 'first'), pairOf('2', 'first'), pairOf('3', 'second'), pairOf('4', 'tie')]
  const results = resultsOf([
    judged('1', 'first', [1, -1]),
    judged('2', 'first', [-1, 1]),
    judged('3', 'second', [-1, 1]),
    judged('4', 'tie', [1, -1]),
  ])
  const findings = threeWay(pairs, results)
  expect(figure(findings, 'accuracy over three labels')).toBe(0.5)
  expect(figure(findings, 'precision, mean over labels')).toBeCloseTo((1 / 2 + 1 / 2 + 0) / 3, 12)
  expect(figure(findings, 'recall, mean over labels')).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12)
  expect(figure(findings, 'f1, mean over labels')).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 12)
})

it('RM-Bench splits its matrix into easy, normal and hard, and counts the two parts of safety as one domain', () => {
  // a judge that always takes the fuller style, and in one domain is always right
  const cells = ['chat', 'safety-refuse', 'safety-response'].flatMap((group) =>
    [0, 1, 2].flatMap((chosen) =>
      [0, 1, 2].map((rejected): Cell & { wins: boolean } => ({
        pair: pairOf(`${group}${chosen}${rejected}`, 'first', group),
        chosen,
        rejected,
        wins: group === 'safety-refuse' || chosen > rejected,
      })),
    ),
  )
  const results = resultsOf(cells.map(({ pair, wins }) => judged(pair.id, 'first', wins ? [1, -1] : [0, 0])))
  const findings = styleMatrix(cells, results)
  expect(figure(findings, 'easy')).toBe(1)
  expect(figure(findings, 'normal')).toBeCloseTo(1 / 3, 12)
  expect(figure(findings, 'hard')).toBeCloseTo(1 / 3, 12)
  expect(figure(findings, 'overall')).toBeCloseTo((1 / 3 + (1 + 1 / 3) / 2) / 2, 12)
  expect(figure(findings, 'concise over detailed markdown')).toBeCloseTo(1 / 3, 12)
})

describe('RewardBench 2', () => {
  const prompt = (id: string, chosen: number, subset: string): RatedPrompt => ({
    id,
    responses: ['a', 'b', 'c', 'd'],
    chosen,
    subset,
  })
  const rated = (id: string, rewards: (number | null)[]): Result => ({ task: 'group', id, ...head, rewards })

  it('divides the credit of a tie for the best, and takes a missing number for chance', () => {
    const prompts = ['1', '2', '3', '4'].map((id) => prompt(id, 1, 'Focus'))
    const results = resultsOf([
      rated('1', [0.9, 0.1, 0.2, 0.3]),
      rated('2', [0.9, 0.9, 0.2, 0.3]),
      rated('3', [0.1, 0.9, 0.2, 0.3]),
      rated('4', [0.9, null, 0.2, 0.3]),
    ])
    expect(figure(bestOfN(prompts, results), 'Focus')).toBe((1 + 0.5 + 0 + 0.25) / 4)
  })

  it('weighs the Ties subset by its five parts', () => {
    const prompts = [prompt('tied:1', 2, 'Ties'), prompt('ref:1', 1, 'Ties')]
    const ties = (tied: number[], ref: number[]) =>
      figure(bestOfN(prompts, resultsOf([rated('tied:1', tied), rated('ref:1', ref)])), 'Ties')
    // both accurate, spread among the right 0.1, margins 0.5 and 0.3
    expect(ties([0.9, 0.8, 0.3, 0.2], [0.6, 0.3, 0.2, 0.1])).toBeCloseTo(
      0.3 + 0.3 + 0.2 + 0.2 + 0.01 * Math.tanh(2),
      12,
    )
    // the spread among the right answers is as large as the margins: only the accuracies are left
    expect(ties([0.9, 0.5, 0.4, 0.2], [0.6, 0.3, 0.2, 0.1])).toBeCloseTo(
      0.6 + 0.01 * Math.tanh(0.1 / 0.4 - 1),
      12,
    )
    expect(ties([0.9, 0.2, 0.4, 0.2], [0.2, 0.3, 0.2, 0.1])).toBeLessThan(0)
  })

  it('counts a Ties prompt with a rating missing as wrong, and no pair as out of the count', () => {
    const prompts = ['1', '2'].flatMap((n) => [prompt(`tied:${n}`, 2, 'Ties'), prompt(`ref:${n}`, 1, 'Ties')])
    const good = [rated('tied:1', [0.9, 0.8, 0.3, 0.2]), rated('ref:1', [0.6, 0.3, 0.2, 0.1])]
    const failed = [rated('tied:2', [0.9, null, 0.3, 0.2]), rated('ref:2', [0.6, 0.3, 0.2, 0.1])]
    const score = figure(bestOfN(prompts, resultsOf([...good, ...failed])), 'Ties')
    expect(score).toBeCloseTo(0.15 + 0.3 + 0.1 + 0.1 + (0.01 * (Math.tanh(2) - 1)) / 2, 12)
  })

  it('has no figure for Ties without its pairs', () => {
    const findings = bestOfN([prompt('tied:1', 2, 'Ties')], resultsOf([rated('tied:1', [1, 1, 0, 0])]))
    expect(figure(findings, 'Ties')).toBeNull()
    expect(figure(findings, 'overall, mean of the subsets')).toBeNull()
  })
})

it('HealthBench clips after the mean, and leaves out what has no score', () => {
  const scored = (id: string, score: number | null, classes: Record<string, number | null>): Result => ({
    task: 'response',
    id,
    ...head,
    score,
    classes,
    judgment: null,
  })
  const examples = [
    { id: '1', tags: ['theme:a'] },
    { id: '2', tags: ['theme:a'] },
    { id: '3', tags: ['theme:b'] },
  ]
  const results = resultsOf([
    scored('1', 1, { 'axis:x': 1 }),
    scored('2', -0.5, { 'axis:x': null }),
    scored('3', null, {}),
  ])
  const findings = healthbenchScores(examples, results)
  expect(figure(findings, 'overall')).toBe(0.25)
  expect(figure(findings, 'theme:a')).toBe(0.25)
  expect(figure(findings, 'axis:x')).toBe(1)
  expect(findings.find(({ name }) => name === 'overall')?.of).toBe(2)
})

it('IFEval counts prompts and instructions, strict and loose', () => {
  const prompts = [
    { id: '1', instructions: ['a', 'b'] },
    { id: '2', instructions: ['a'] },
  ]
  const results = resultsOf([
    { task: 'check', id: '1', ...head, passed: [true, false, true, true] },
    { task: 'check', id: '2', ...head, passed: [null, false] },
  ])
  const findings = instructionAccuracy(prompts, results)
  expect(figure(findings, 'prompts, strict')).toBe(0)
  expect(figure(findings, 'instructions, strict')).toBeCloseTo(1 / 3, 12)
  expect(figure(findings, 'prompts, loose')).toBe(0.5)
  expect(figure(findings, 'instructions, loose')).toBeCloseTo(2 / 3, 12)
  expect(figure(findings, 'instructions that could not be checked')).toBe(1)
})
