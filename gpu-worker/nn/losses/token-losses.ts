import type { Graph } from '../../onnx/graph.ts'
import type { Loss } from '../../train/loss.ts'
import type { Column } from '../../train/token-tree.ts'
import { dpoLoss } from './dpo.ts'
import { policyLoss } from './policy.ts'
import { supervisedLoss } from './supervised.ts'
import type { TokenInputs, TokenLoss } from './token-loss.ts'

/** The columns that a loss reads, which are inputs of its graph. */
export function lossColumns(loss: Loss): Column[] {
  switch (loss.kind) {
    case 'supervised':
      return ['weight']
    case 'dpo':
      return ['weight', 'reference']
    case 'policy':
      return [
        'weight',
        'advantage',
        'rollout',
        ...(loss.old === 'given' ? (['old'] as const) : []),
        ...(loss.kl > 0 ? (['reference'] as const) : []),
      ]
  }
}

/** A loss in a graph; `pairs` is how many pairs there may be, for those that compare. */
export function tokenLoss(g: Graph, inputs: TokenInputs, pairs: number, loss: Loss): TokenLoss {
  switch (loss.kind) {
    case 'supervised':
      return supervisedLoss(g, inputs)
    case 'dpo':
      return dpoLoss(g, inputs, pairs, loss)
    case 'policy':
      return policyLoss(g, inputs, loss)
  }
}
