import { expect, test } from 'vitest'
import { sumUsage } from '../../shared/judge/usage.ts'
import type { ErrorCode } from '../../shared/protocol/error.ts'
import type { RewardRequest } from '../../shared/protocol/reward.ts'
import type { Rewards } from '../judging/rewards.ts'
import { insist } from './insist.ts'

const call = { organisation: 'o', apiKey: 'k', idempotencyKey: null }
const request: RewardRequest = { protocol: 'pointwise', prompt: 'p', responses: ['r'] }

/** Rewards that fail by these codes, one call after the other, and then are 1. */
function failing(codes: readonly ErrorCode[], abort?: AbortController) {
  const asked = { times: 0 }
  const rewards: Rewards = async () => {
    const code = codes[asked.times++]
    abort?.abort()
    const error = code && { code, message: 'No.', type: 'service' as const }
    const data = [{ index: 0, reward: code ? null : 1, ...(error && { error }) }]
    return { object: 'reward.list', data, usage: sumUsage([]) }
  }
  return { asked, rewards }
}

const rewardOf = async (rewards: Rewards) => (await rewards(request, call)).data[0]?.reward
const signal = new AbortController().signal

test('a passing failure is waited out', async () => {
  const { asked, rewards } = failing(['model_unreachable', 'loading', 'model_unavailable'])
  expect(await rewardOf(insist(rewards, signal, [1, 1, 1]))).toBe(1)
  expect(asked.times).toBe(4)
})

test('but not for ever', async () => {
  const { asked, rewards } = failing(Array.from({ length: 9 }, () => 'model_timeout' as const))
  expect(await rewardOf(insist(rewards, signal, [1, 1]))).toBe(null)
  expect(asked.times).toBe(3)
})

test.each(['reply_not_json', 'context_exceeded', 'model_http_error'] as const)(
  '%s will be the same again',
  async (code) => {
    const { asked, rewards } = failing([code])
    expect(await rewardOf(insist(rewards, signal, [1]))).toBe(null)
    expect(asked.times).toBe(1)
  },
)

test('nobody waits for a client that hung up', async () => {
  const abort = new AbortController()
  const { asked, rewards } = failing(['model_unreachable'], abort)
  expect(await rewardOf(insist(rewards, abort.signal, [60_000]))).toBe(null)
  expect(asked.times).toBe(1)
})

test('the samples of a body share the waiting', async () => {
  const { asked, rewards } = failing(Array.from({ length: 99 }, () => 'model_unavailable' as const))
  const judge = insist(rewards, signal, [5, 5])
  const begun = [judge(request, call), judge(request, call), judge(request, call)]
  await Promise.all(begun)
  expect(asked.times).toBe(9)
  await judge(request, call)
  expect(asked.times).toBe(10)
})

test('nor for one that hangs up in a pause', async () => {
  const abort = new AbortController()
  const { asked, rewards } = failing(['model_unreachable'])
  setTimeout(() => abort.abort(), 20)
  expect(await rewardOf(insist(rewards, abort.signal, [60_000]))).toBe(null)
  expect(asked.times).toBe(1)
})
