import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import { column, type TokenInputs, type TokenLoss } from './token-loss.ts'

/** The sum of -weight * log p. */
export function supervisedLoss(g: Graph, inputs: TokenInputs): TokenLoss {
  const weighted = ops.mul(g, column(inputs, 'weight'), inputs.logprobs)
  return { loss: ops.neg(g, ops.reduceSum(g, weighted, [0])), constants: [] }
}
