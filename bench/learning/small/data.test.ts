import { expect, test } from 'vitest'
import { readLabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { warmUpConversations } from '../../../shared/rubric-arm/warm-up.ts'
import { TOPICS } from '../constraints/topics.ts'
import { constraintData, FORM, KINDS_OF } from './data.ts'
import { SIZES } from './sizes.ts'

const sizes = { ...SIZES, taughtJudgments: 40, trainedPrompts: 20, heldOutPrompts: 40 }
const { taught, labelled, heldOut } = await constraintData(sizes)

test('an oracle’s rubrics and judgments are in form, and all of them are taught', async () => {
  const pairs = taught.map(readLabelledPair)
  const judged = pairs.flatMap(({ trajectory, ...pair }) => (trajectory ? [{ ...pair, trajectory }] : []))
  const { judge, generator, dropped } = await warmUpConversations(judged, FORM, 'secret')
  expect([judge.length, generator.length, dropped]).toEqual([40, 5, { judge: 0, generator: 0 }])
  expect(labelled.map(({ rubric }) => rubric)).toEqual(Array(80).fill(undefined))
  expect(new Set(labelled.map(({ winner }) => winner))).toEqual(new Set(['first', 'second']))
})

test('nothing that is held out is about what is trained on, and each kind is there as often', () => {
  const held = TOPICS.filter(({ name }) => heldOut.some(({ prompt }) => prompt.includes(name)))
  expect(held.length).toBeGreaterThan(0)
  const lines = [...taught, ...labelled]
  expect(lines.filter(({ prompt }) => held.some(({ name }) => prompt.includes(name)))).toEqual([])
  const kinds = Object.values(KINDS_OF).flat()
  expect(heldOut.map(({ kind }) => kind)).toEqual(kinds.flatMap((kind) => Array(4).fill(kind)))
  expect(new Set(heldOut.map(({ split }) => split))).toEqual(new Set(Object.keys(KINDS_OF)))
  expect(
    heldOut.every(({ oracle, pairs }) => FORM.readRubric(oracle ?? '').criteria && pairs.length === 5),
  ).toBe(true)
})
