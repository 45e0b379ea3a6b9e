import type { Forecast } from './forecast.ts'

/** Confidences are kept this far from 0 and 1, whose logits are infinite: a judge that is always sure can be wrong. */
const MARGIN = 1e-3

/** The temperatures that a fit may give. */
export const TEMPERATURE_RANGE = { min: 0.05, max: 100 } as const

/**
 * A confidence after temperature scaling: sigmoid(logit(c) / T), T > 0 (Guo et al. 2017, section 4.2, for two
 * outcomes). T = 1 changes nothing but the extremes, which are kept 0.001 off 0 and 1; T above 1 draws towards 0.5.
 */
export function scaled(confidence: number, temperature: number): number {
  const kept = Math.min(1 - MARGIN, Math.max(MARGIN, confidence))
  return 1 / (1 + Math.exp(-Math.log(kept / (1 - kept)) / temperature))
}

/** The mean negative log-likelihood of what came true, in nats. */
function loss(forecasts: readonly Forecast[], temperature: number): number {
  const sum = forecasts.reduce((total, { confidence, right }) => {
    const probability = scaled(confidence, temperature)
    return total - Math.log(right ? probability : 1 - probability)
  }, 0)
  return sum / forecasts.length
}

/**
 * The temperature under which the forecasts are likeliest, within `TEMPERATURE_RANGE`. The loss is convex in 1 / T,
 * so a golden-section search over 1 / T finds its one minimum. Null of fewer than ten forecasts, which say too
 * little. A result at the upper end means that the confidences say nothing of what is right.
 */
export function fitTemperature(forecasts: readonly Forecast[]): number | null {
  if (forecasts.length < 10) return null
  const golden = (Math.sqrt(5) - 1) / 2
  let low = 1 / TEMPERATURE_RANGE.max
  let high = 1 / TEMPERATURE_RANGE.min
  const at = (inverse: number) => loss(forecasts, 1 / inverse)
  let left = high - golden * (high - low)
  let right = low + golden * (high - low)
  let [ofLeft, ofRight] = [at(left), at(right)]
  for (let step = 0; step < 80; step++) {
    if (ofLeft <= ofRight) {
      high = right
      ;[right, ofRight] = [left, ofLeft]
      left = high - golden * (high - low)
      ofLeft = at(left)
    } else {
      low = left
      ;[left, ofLeft] = [right, ofRight]
      right = low + golden * (high - low)
      ofRight = at(right)
    }
  }
  return 2 / (low + high)
}
