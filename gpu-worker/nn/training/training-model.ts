import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Recompute } from '../../../shared/protocol/training/training.ts'
import * as fused from '../../onnx/fused.ts'
import { gradients } from '../../onnx/gradients/gradients.ts'
import { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { DType } from '../../onnx/types.ts'
import type { ExternalInitializer } from '../../runtime/device.ts'
import type { Loss } from '../../train/loss.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { type Blocks, wideType } from '../block.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { decoderLayers, embed } from '../decoder-layers.ts'
import { GraphWeights } from '../graph-weights.ts'
import { lossColumns, tokenLoss } from '../losses/token-losses.ts'
import { CheapSegments } from './cheap-segments.ts'
import { dropout } from './dropout.ts'
import { cutParameters, joinPieces, type Pieces } from './flat-parameters.ts'
import { loraMaps } from './lora.ts'
import type { ParameterLayout } from './parameter-layout.ts'
import { chunkRows, tokenHead } from './token-head.ts'
import { TrainedWeights } from './trained-weights.ts'
import { type AdaptedMap, trainingLinears } from './training-linears.ts'
import { TRAINING_PORTS as PORTS, PortList, type TrainingPort, type TrainingShape } from './training-ports.ts'
import { treeAttention } from './tree-attention.ts'

export type TrainingOptions = {
  layout: ParameterLayout
  shape: TrainingShape
  /** null scores alone: no gradient. */
  loss: Loss | null
  /** Of LoRA: what x aᵀ bᵀ is multiplied by is alpha / rank. The rank by default. */
  alpha?: number
  /** The share of a LoRA matrix's inputs that is left out, below 1; 0 by default. */
  dropout?: number
  /** What is computed in; float32 by default. 16-bit types need CUDA to be fast, float64 is for tests. */
  type?: 'float32' | 'float64' | 'float16' | 'bfloat16'
  /**
   * What is computed again for the backward pass: nothing, attention's weights and the feed-forward's activation, or each
   * layer whole; `light` by default.
   */
  recompute?: Recompute
  /** Rows that pass the head together; by default what 32 MB of logits hold. */
  chunk?: number
  /** `recomputed` goes back through a frozen head as if it were trained; to check the other by. */
  head?: 'recomputed'
}

export type TrainingModel = {
  model: Uint8Array
  initializers: ExternalInitializer[]
  inputs: readonly TrainingPort[]
  outputs: readonly TrainingPort[]
}

/**
 * The step of training as one graph of fixed sizes: the decoder over token trees, the log-probabilities of its targets, a
 * loss and its gradient, added to what is there. `TRAINING_PORTS` says what goes in and out. Frozen weights lie in the
 * store's data file. Throws `not_configured` for a store that doesn't hold the decoder's weights as floats.
 */
export function trainingModel(
  config: DecoderConfig,
  store: WeightStore,
  options: TrainingOptions,
): TrainingModel {
  const { g, ...rest } = trainingGraph(config, store, options)
  return { model: g.encode(), ...rest }
}

/** The same before it is written down. */
export function trainingGraph(
  config: DecoderConfig,
  store: WeightStore,
  options: TrainingOptions,
): Omit<TrainingModel, 'model'> & { g: Graph } {
  const { layout, shape, loss, type = 'float32', chunk = chunkRows(config.vocabulary) } = options
  const { recompute = 'light' } = options
  const { rows: B, tokens: T, targets: R } = shape
  requireFloats(store, layout)
  const g = new Graph()
  const wide = wideType(type)
  const ports = new PortList(g)
  const parameters = ports.input(PORTS.parameters, wide, [layout.size])
  const tokens = ports.input(PORTS.tokens, 'int64', [B, T])
  const positions = ports.input(PORTS.positions, 'int64', [B, T])
  const branch = ports.input(PORTS.branch, 'int64', [B, T])
  const rows = ports.input(PORTS.rows, 'int64', [R])
  const targets = ports.input(PORTS.targets, 'int64', [R])

  const pieces = cutParameters(g, config, layout, parameters)
  const frozen = new GraphWeights(g, store, type)
  const weights = layout.kind === 'full' ? new TrainedWeights(g, pieces, type, config.tiedHead) : frozen
  const adapted = layout.kind === 'lora' ? adaptedMap(g, { ...options, layout, pieces, type, ports }) : null
  const cheap = new CheapSegments(g)
  const blocks: Blocks = {
    ...{ g, config, weights, type },
    linears: cheap.between(trainingLinears(g, config, weights, adapted)),
    byRow: (x) => ops.reshape(g, x, [B, T, x.shape.at(-1) ?? 1]),
  }
  const embedded = embed(blocks, ops.reshape(g, tokens, [B * T]))
  const { residual, starts } = decoderLayers(
    blocks,
    embedded,
    treeAttention(blocks, shape, { positions, branch }, cheap),
  )
  const layers = starts.map((from, i) => ({ from, to: starts[i + 1] ?? g.nodes.length }))
  const scale = weights.vector('output_norm.weight', [config.hidden], wide)
  const normed = fused.rmsNorm(g, ops.gather(g, residual, rows, 0), scale, config.normEpsilon)
  const trained = layout.kind === 'full' || options.head === 'recomputed'
  const head = tokenHead(blocks, normed, targets, {
    chunk,
    differentiated: loss && (trained ? 'trained' : 'frozen'),
  })
  ports.output(PORTS.logprobs, head.logprobs)
  ports.output(PORTS.entropies, head.entropies)
  if (loss) {
    const columns = Object.fromEntries(
      lossColumns(loss).map((name) => [name, ports.input(PORTS.column(name), wide, [R])]),
    )
    const sequence = loss.kind === 'dpo' ? ports.input(PORTS.sequence, 'int64', [R]) : null
    const total = tokenLoss(g, { logprobs: head.logprobs, columns, sequence }, B, loss)
    ports.output(PORTS.loss, total.loss)
    const narrow = type === 'float16' || type === 'bfloat16'
    const cotangent = narrow ? ports.input(PORTS.lossScale, 'float32', []) : ops.scalar(g, 1, wide)
    const found = gradients(g, [{ value: total.loss, cotangent }], [...pieces.values()], {
      derivatives: head.derivatives,
      constants: total.constants,
      recompute: {
        segments: [...{ none: [], light: cheap.found, layers }[recompute], ...head.segments],
        // On CUDA, where the narrow types are for, a shape that depends on data waits for the host.
        barrier: narrow ? 'sum' : 'shape',
      },
    })
    const before = ports.input(PORTS.gradient, wide, [layout.size])
    ports.output(PORTS.newGradient, ops.add(g, before, joinPieces(g, found)))
  }
  return { g, initializers: frozen.initializers, inputs: ports.inputs, outputs: ports.outputs }
}

type AdaptedMapOptions = Pick<TrainingOptions, 'alpha' | 'dropout'> & {
  layout: Extract<ParameterLayout, { kind: 'lora' }>
  pieces: Pieces
  type: DType
  ports: PortList
}

function adaptedMap(
  g: Graph,
  { layout, pieces, type, ports, alpha = layout.rank, dropout: rate = 0 }: AdaptedMapOptions,
): AdaptedMap {
  const scaling = alpha / layout.rank
  if (rate === 0) return loraMaps(g, { layout, pieces, type, scaling, dropped: null })
  const dropped = dropout(g, rate, ports.input(PORTS.seed, 'int64', []))
  return loraMaps(g, { layout, pieces, type, scaling: scaling / (1 - rate), dropped })
}

function requireFloats({ precision }: WeightStore, { kind }: ParameterLayout): void {
  if (kind === 'full' || (precision !== 'int4' && precision !== 'int8')) return
  throw new PlumblineError(
    'not_configured',
    `Gradients need the frozen weights as floats, and they are ${precision}; set PLUMBLINE_PRECISION to float32, float16 or bfloat16.`,
  )
}
