import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import type { Loss } from '../../train/loss.ts'
import { column, type TokenInputs, type TokenLoss } from './token-loss.ts'

/**
 * Direct preference optimisation (arXiv 2305.18290, equation 7) of up to `pairs` pairs: the margin is that of the branches' log-ratios to
 * the reference, over their tokens whose weight isn't 0. `supervised` adds the preferred branch's negative
 * log-likelihood a token (arXiv 2404.19733, equation 1). A pair's terms count times its first branch's first weight that isn't 0.
 */
export function dpoLoss(
  g: Graph,
  inputs: TokenInputs,
  pairs: number,
  { beta, supervised }: Extract<Loss, { kind: 'dpo' }>,
): TokenLoss {
  const { logprobs, sequence } = inputs
  const { dtype } = logprobs
  if (!sequence) throw new TypeError('the loss of pairs needs to know the sequence of each token')
  const R = Number(logprobs.shape[0])
  const number = (value: number) => ops.scalar(g, value, dtype)
  const weight = column(inputs, 'weight')
  const active = ops.where(g, ops.equal(g, weight, number(0)), number(0), number(1))
  const names = g.ints(
    Array.from({ length: 2 * pairs }, (_, i) => i),
    [2 * pairs, 1],
  )
  // [2 pairs, R]: 1 where a token belongs to a branch and counts.
  const belongs = ops.mul(g, ops.cast(g, ops.equal(g, names, sequence), dtype), active)
  const byPair = (x: Value) => {
    const [first, second] = ops.split(g, ops.reshape(g, x, [pairs, 2]), [1, 1])
    if (!first || !second) throw new TypeError('a split in two has two parts')
    return { first, second }
  }
  const sums = (x: Value) => byPair(ops.matmul(g, belongs, ops.reshape(g, x, [R, 1])))

  const ratios = sums(ops.sub(g, logprobs, column(inputs, 'reference')))
  const margin = ops.sub(g, ratios.first, ratios.second)
  const preference = ops.softplus(g, ops.mul(g, margin, number(-beta)))
  const weights = byPair(ops.gather(g, weight, ops.argMax(g, belongs, 1), 0)).first
  const counts = byPair(ops.reduceSum(g, belongs, [1])).first
  // A pair that there isn't has no first token: argMax then names one of another.
  const pairWeight = ops.mul(g, weights, ops.min(g, counts, number(1)))
  const perToken = ops.div(g, sums(logprobs).first, ops.max(g, counts, number(1)))
  const terms = supervised > 0 ? ops.sub(g, preference, ops.mul(g, perToken, number(supervised))) : preference
  return { loss: ops.reduceSum(g, ops.mul(g, pairWeight, terms), [0, 1]), constants: [] }
}
