import { describe, expect, it } from 'vitest'
import { groupAdvantages } from './advantages.ts'

const of = (...args: Parameters<typeof groupAdvantages>) => {
  const { advantages, skipped } = groupAdvantages(...args)
  return skipped ?? advantages.map((one) => (one === null ? null : Number(one.toFixed(6))))
}

describe('advantages of a group', () => {
  it('are deviations from the mean, in standard deviations or as they are', () => {
    expect(of('grpo', [1, 0, 0, 0, 0])).toEqual([2, -0.5, -0.5, -0.5, -0.5])
    expect(of('grpo', [0.01, 0, 0, 0.01])).toEqual([1, -1, -1, 1])
    expect(of('no_std', [2, 0, 1, 1])).toEqual([1, -1, 0, 0])
    expect(of('no_std', [0.01, 0, 0, 0.01])).toEqual([0.005, -0.005, -0.005, 0.005])
  })

  it('leave out what has no reward, which counts in no mean', () => {
    expect(of('grpo', [null, 1, null, 0])).toEqual([null, 1, null, -1])
    expect(of('brpo', [1, null, -1, 0])).toEqual([1, null, -1, 0])
  })

  it.each(['grpo', 'no_std', 'brpo', 'asymmetric'] as const)(
    'are none where nothing is compared: %s',
    (kind) => {
      expect(of(kind, [1, null, null])).toBe('too_few')
      expect(of(kind, [])).toBe('too_few')
      expect(of(kind, [0.3, 0.3, null, 0.1 + 0.2])).toBe('no_variance')
    },
  )

  it('are the rewards themselves in BRPO, unless the group is decided', () => {
    expect(of('brpo', [1, -1, 1, 0])).toEqual([1, -1, 1, 0])
    expect(of('brpo', [1, 1, 1, -0.6])).toEqual([1, 1, 1, -0.6])
    expect(of('brpo', [1, 1, 1, -0.5])).toBe('decided')
    expect(of('brpo', [-1, -1, -1, 0])).toBe('decided')
    expect(of('brpo', [1, 1, null])).toBe('decided')
    expect(of('brpo', [0, 0, 0])).toBe('no_variance')
  })

  it('count failures less, and praise nothing that is no gain, in our asymmetric GRPO', () => {
    expect(of('asymmetric', [0.4, 0, 0, -0.4])).toEqual([0.4, 0, 0, -0.1])
    expect(of('asymmetric', [0, -0.4])).toEqual([0, -0.05])
    expect(of('asymmetric', [0.1, 0.5])).toEqual([-0.05, 0.2])
  })
})
