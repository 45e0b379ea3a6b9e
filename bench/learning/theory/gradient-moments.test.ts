import { expect, test } from 'vitest'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { noMoments, squaredNorm, take, variance } from './gradient-moments.ts'

test('of a constant score that is rewarded or not, the variance is that of equation 17', () => {
  const u = Float32Array.of(3, -4, 12)
  const moments = noMoments(3)
  const random = seededRandom(1)
  const rewards = Array.from({ length: 4000 }, () => Number(random() < 0.3))
  for (const reward of rewards) take(moments, u, reward)
  const p = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length
  expect(squaredNorm(u)).toBe(169)
  expect(variance(moments)).toBeCloseTo(((p * (1 - p) * 4000) / 3999) * 169, 6)
})
