import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Recompute } from '../../../shared/protocol/training/training.ts'
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
    const { sessions } = this.#options
    const batches = this.#batches(trees, loss)
    const scores = emptyScores(trees)
    let sum = 0
    for (const [index, batch] of batches.entries()) {
      const session = await sessions.session(this.#graph(batch, loss))
      const inputs = batchInputs(batch, loss ? lossColumns(loss) : [])
      const found = await session.run(new Map([...inputs, ...scalars(index)]), vectors)
      collectScores(batch, found, scores)
      sum += found.loss
    }
    const parts = batches.flatMap((batch) => batch.parts)
    return { loss: sum, scores, tokens: parts.reduce((total, part) => total + part.tokens, 0) }
  }

  /** Of fewer tokens than the budget where memory asks for it. Throws `not_configured` where no cut is small enough. */
  #batches(trees: readonly TokenTree[], loss: Loss | null): Batch[] {
    const { sessions } = this.#options
    const whole = loss?.kind === 'dpo'
    for (let budget = this.#options.budget; ; budget = Math.ceil(budget / 2)) {
      const batches = batchesOf(partsOf(trees, budget, whole), budget)
      const large = batches.filter((batch) => sessions.bytes(this.#graph(batch, loss)) > sessions.most)
      const stuck = large.find(({ parts: [first, ...others] }) => {
        return others.length === 0 && (whole || first?.branches.length === 1)
      })
      if (stuck) {
        const graph = this.#graph(stuck, loss)
        throw tooLarge(stuck, graph.recompute, sessions.bytes(graph), sessions.most)
      }
      if (large.length === 0) return batches
    }
  }

  /** Reinforcement learning has no dropout: its log-probabilities are those of what was rolled out. */
  #graph({ shape }: Batch, loss: Loss | null): TrainingOptions {
    const { graph } = this.#options
    const without = loss === null || loss.kind === 'policy'
    return { ...graph, shape, loss, ...(without && { dropout: 0 }) }
  }
}

function tooLarge(
  { shape }: Batch,
  again: Recompute | undefined,
  bytes: number,
  most: number,
): PlumblineError {
  const inGiB = (value: number) => `${(value / 2 ** 30).toPrecision(2)} GiB`
  const first = again === 'layers' ? '' : 'set recompute to layers, '
  return new PlumblineError(
    'not_configured',
    `An example of up to ${shape.tokens} tokens takes about ${inGiB(bytes)} to train on, and half of the memory is ${inGiB(most)}: ${first}lower max_tokens, or take a machine with more memory.`,
  )
}
