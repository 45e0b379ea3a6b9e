import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { lossColumns } from '../../nn/losses/token-losses.ts'
import type { TrainingOptions } from '../../nn/training/training-model.ts'
import { TRAINING_PORTS as PORTS } from '../../nn/training/training-ports.ts'
import type { DeviceTensor } from '../../runtime/device.ts'
import type { Loss } from '../loss.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import { batchInputs, collectScores, emptyScores } from './batch-inputs.ts'
import { type Batch, batchesOf } from './batches.ts'
import { checkTrees } from './check-trees.ts'
import { partsOf } from './parts.ts'
import type { SessionPool } from './session-pool.ts'

export type DecoderPassOptions = {
  sessions: SessionPool
  model: { context: number; vocabulary: number }
  /** What all graphs have in common. */
  graph: Pick<TrainingOptions, 'layout' | 'alpha' | 'dropout' | 'type' | 'recompute'>
  /** Tokens that pass the decoder together. */
  budget: number
  /** Of dropout. */
  seed: number
}

export type Passed = {
  loss: number
  /** By tree and branch. */
  scores: ScoredBranch[][]
  /** That passed the decoder, padding left out. */
  tokens: number
}

const SEEDS = 2 ** 31

/** Puts token trees through a decoder, in as many parts as memory asks for. */
export class DecoderPass {
  readonly #options: DecoderPassOptions

  constructor(options: DecoderPassOptions) {
    this.#options = options
  }

  score(trees: readonly TokenTree[], parameters: DeviceTensor): Promise<Passed> {
    checkTrees(trees, [], this.#options.model)
    return this.#run(trees, null, { parameters, gradient: null }, () => new Map())
  }

  /** Adds the gradient of all trees, times `lossScale`, to what is in `gradient`. `update` seeds dropout. */
  train(
    trees: readonly TokenTree[],
    loss: Loss,
    at: { parameters: DeviceTensor; gradient: DeviceTensor; lossScale: number; update: number },
  ): Promise<Passed> {
    checkTrees(trees, lossColumns(loss), this.#options.model)
    return this.#run(trees, loss, at, (batch) => {
      const seed = derivedSeed(this.#options.seed, at.update, batch) % SEEDS
      return new Map<string, BigInt64Array | Float32Array>([
        [PORTS.seed, BigInt64Array.of(BigInt(seed))],
        [PORTS.lossScale, Float32Array.of(at.lossScale)],
      ])
    })
  }

  async #run(
    trees: readonly TokenTree[],
    loss: Loss | null,
    vectors: { parameters: DeviceTensor; gradient: DeviceTensor | null },
    scalars: (batch: number) => ReadonlyMap<string, BigInt64Array | Float32Array>,
  ): Promise<Passed> {
    const { sessions, budget } = this.#options
    const parts = partsOf(trees, budget, loss?.kind === 'dpo')
    const scores = emptyScores(trees)
    let sum = 0
    for (const [index, batch] of batchesOf(parts, budget).entries()) {
      const session = await sessions.session(this.#graph(batch, loss))
      const inputs = batchInputs(batch, loss ? lossColumns(loss) : [])
      const found = await session.run(new Map([...inputs, ...scalars(index)]), vectors)
      collectScores(batch, found, scores)
      sum += found.loss
    }
    return { loss: sum, scores, tokens: parts.reduce((total, part) => total + part.tokens, 0) }
  }

  /** Reinforcement learning has no dropout: its log-probabilities are those of what was rolled out. */
  #graph({ shape }: Batch, loss: Loss | null): TrainingOptions {
    const { graph } = this.#options
    const without = loss === null || loss.kind === 'policy'
    return { ...graph, shape, loss, ...(without && { dropout: 0 }) }
  }
}
