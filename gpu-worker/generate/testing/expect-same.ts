import { expect } from 'vitest'
import type { TinyReply } from './tiny-model.ts'

/** Numbers that differ from these in later digits alone. */
export const near = (numbers: readonly number[], digits: number) =>
  numbers.map((number) => expect.closeTo(number, digits))

/** The reply has the same tokens as another, and their log-probabilities but for float noise. */
export function expectSame(reply: TinyReply, solo: TinyReply): void {
  expect(reply.ids).toEqual(solo.ids)
  expect(reply.logprobs).toEqual(near(solo.logprobs, 4))
  expect(reply.text).toBe(solo.text)
}
