import { expect, test } from 'vitest'
import { readLabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { warmUpConversations } from '../../../shared/rubric-arm/warm-up.ts'
import { TOPICS } from '../constraints/topics.ts'
import { constraintData, FORM, KINDS_OF, type TrainingLine } from './data.ts'
import { SIZES } from './sizes.ts'

const sizes = { ...SIZES, taughtJudgments: 160, taughtRubrics: 10, trainedPrompts: 20, heldOutPrompts: 40 }
const { judged, written, labelled, heldOut } = await constraintData(sizes)

const taughtBy = async (lines: readonly TrainingLine[]) => {
  const pairs = lines.map(readLabelledPair)
  const taught = pairs.flatMap(({ trajectory, ...pair }) => (trajectory ? [{ ...pair, trajectory }] : []))
  return warmUpConversations(taught, FORM, 'secret')
}

test('an oracle’s rubrics and judgments are in form, and all of them are taught', async () => {
  const { judge, dropped } = await taughtBy(judged)
  expect([judge.length, dropped]).toEqual([judged.length, { judge: 0, generator: 0 }])
  const rubrics = await taughtBy(written)
  expect([rubrics.judge.length, rubrics.generator.length]).toEqual([0, sizes.taughtRubrics])
  expect(labelled.map(({ rubric }) => rubric)).toEqual(Array(80).fill(undefined))
  expect(new Set(labelled.map(({ winner }) => winner))).toEqual(new Set(['first', 'second']))
})

test('a judge is taught each pair by both of its requests in both orders, which name each response as often', () => {
  const wins = Map.groupBy(judged, ({ responses: [one, other], winner }) => {
    const [won, lost] = winner === 'first' ? [one, other] : [other, one]
    return JSON.stringify([won, lost])
  })
  for (const [pair, lines] of wins) {
    const [won, lost] = JSON.parse(pair)
    expect(wins.get(JSON.stringify([lost, won]))?.length).toBe(lines.length)
    expect(lines.filter(({ winner }) => winner === 'first').length).toBe(lines.length / 2)
  }
})

test('nothing that is held out is about what is trained on, and each kind is there as often', () => {
  const held = TOPICS.filter(({ name }) => heldOut.some(({ prompt }) => prompt.includes(name)))
  expect(held.length).toBeGreaterThan(0)
  const lines = [...judged, ...written, ...labelled]
  expect(lines.filter(({ prompt }) => held.some(({ name }) => prompt.includes(name)))).toEqual([])
  const kinds = Object.values(KINDS_OF).flat()
  expect(heldOut.map(({ kind }) => kind)).toEqual(kinds.flatMap((kind) => Array(4).fill(kind)))
  expect(new Set(heldOut.map(({ split }) => split))).toEqual(new Set(Object.keys(KINDS_OF)))
  expect(
    heldOut.every(({ oracle, pairs }) => FORM.readRubric(oracle ?? '').criteria && pairs.length === 5),
  ).toBe(true)
})
