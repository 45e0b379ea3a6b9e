import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import type { Loss } from '../../train/loss.ts'
import { column, type TokenInputs, type TokenLoss } from './token-loss.ts'

/**
 * The clipped policy gradient with a penalty, as `Loss` says it: PPO's surrogate (arXiv 1707.06347, equation 7) with
 * bounds of its own on either side (arXiv 2503.14476, equation 10), GRPO's estimate of the divergence from the reference (arXiv 2402.03300,
 * equation 4), and truncated importance weights. Tokens of weight 0 change nothing, whatever their columns hold that is finite.
 */
export function policyLoss(
  g: Graph,
  inputs: TokenInputs,
  { clip, kl, truncation, old: source }: Extract<Loss, { kind: 'policy' }>,
): TokenLoss {
  const { logprobs } = inputs
  const number = (value: number) => ops.scalar(g, value, logprobs.dtype)
  const weight = column(inputs, 'weight')
  const advantage = column(inputs, 'advantage')
  const current = ops.identity(g, logprobs)
  const old = source === 'given' ? column(inputs, 'old') : current
  const idle = ops.equal(g, weight, number(0))
  // What is idle could be so far off that its exponential is infinite, and 0 times that is no number.
  const distance = (a: Value, b: Value) => ops.where(g, idle, number(0), ops.sub(g, a, b))

  const ratio = ops.exp(g, distance(logprobs, old))
  const clipped = ops.clip(g, ratio, number(1 - clip.low), number(1 + clip.high))
  const gain = ops.min(g, ops.mul(g, ratio, advantage), ops.mul(g, clipped, advantage))
  const importance = ops.min(g, ops.exp(g, distance(old, column(inputs, 'rollout'))), number(truncation))
  const terms = kl > 0 ? ops.sub(g, gain, ops.mul(g, number(kl), penalty())) : gain
  const weighted = ops.mul(g, ops.mul(g, weight, importance), terms)
  return { loss: ops.neg(g, ops.reduceSum(g, weighted, [0])), constants: [current] }

  function penalty(): Value {
    const away = distance(column(inputs, 'reference'), logprobs)
    return ops.sub(g, ops.sub(g, ops.exp(g, away), away), number(1))
  }
}
