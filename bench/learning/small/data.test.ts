import { expect, test } from 'vitest'
import { readLabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { warmUpConversations } from '../../../shared/rubric-arm/warm-up.ts'
import { TOPICS } from '../constraints/topics.ts'
import { constraintData, FORM, KINDS_OF } from './data.ts'
import { SIZES } from './sizes.ts'

const sizes = { ...SIZES, taughtRubrics: 10, taughtJudgments: 40, trainedPrompts: 20, heldOutPrompts: 40 }
const { lines, heldOut } = await constraintData(sizes)

test('an oracle’s rubrics and judgments are in form, and all of them are taught', async () => {
  const pairs = lines.map(readLabelledPair)
  const taught = pairs.flatMap(({ trajectory, ...pair }) => (trajectory ? [{ ...pair, trajectory }] : []))
  const { judge, generator, dropped } = await warmUpConversations(taught, FORM, 'secret')
  expect([judge.length, generator.length, dropped]).toEqual([40, 15, { judge: 0, generator: 0 }])
  expect(lines.filter(({ rubric }) => rubric === undefined).length).toBeGreaterThan(20 * 4 - 1)
  expect(new Set(lines.map(({ winner }) => winner))).toEqual(new Set(['first', 'second']))
})

test('nothing that is held out is about what is trained on, and each kind is there as often', () => {
  const held = TOPICS.filter(({ name }) => heldOut.some(({ prompt }) => prompt.includes(name)))
  expect(held.length).toBeGreaterThan(0)
  expect(lines.filter(({ prompt }) => held.some(({ name }) => prompt.includes(name)))).toEqual([])
  const kinds = Object.values(KINDS_OF).flat()
  expect(heldOut.map(({ kind }) => kind)).toEqual(kinds.flatMap((kind) => Array(4).fill(kind)))
  expect(new Set(heldOut.map(({ split }) => split))).toEqual(new Set(Object.keys(KINDS_OF)))
  expect(
    heldOut.every(({ oracle, pairs }) => FORM.readRubric(oracle ?? '').criteria && pairs.length === 5),
  ).toBe(true)
})
