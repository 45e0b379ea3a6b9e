import type { DType } from '../../../onnx/types.ts'
import type { Device, DeviceTensor, Session } from '../../../runtime/device.ts'
import { type HostArray, hostArray } from '../../../runtime/host-array.ts'
import type { Column } from '../../../train/token-tree.ts'
import type { WeightStore } from '../../../weights/store/weight-store.ts'
import type { DecoderConfig } from '../../decoder-config.ts'
import { type TrainingModel, type TrainingOptions, trainingModel } from '../training-model.ts'
import { TRAINING_PORTS, type TrainingShape } from '../training-ports.ts'
import { packedRows, type Row, sizesOf } from './packed-rows.ts'

export type StepInputs = {
  parameters: ArrayLike<number>
  /** Of each target; 0 where there are fewer. */
  columns?: Readonly<Partial<Record<Column, readonly number[]>>>
  seed?: number
  lossScale?: number
  /** What was added up before; zeros by default. */
  gradient?: ArrayLike<number>
}

/** Of the targets alone, without padding. */
export type StepOutputs = { loss: number; logprobs: number[]; entropies: number[]; gradient: number[] }

/** A training graph in a session of its own, for tests. */
export class RunningStep {
  readonly #device: Device
  readonly #session: Session
  readonly #model: TrainingModel
  readonly #shape: TrainingShape

  private constructor(device: Device, session: Session, model: TrainingModel, shape: TrainingShape) {
    this.#device = device
    this.#session = session
    this.#model = model
    this.#shape = shape
  }

  static async open(
    device: Device,
    config: DecoderConfig,
    store: WeightStore,
    options: TrainingOptions,
  ): Promise<RunningStep> {
    const model = trainingModel(config, store, options)
    const session = await device.openSession({
      model: model.model,
      weights: { path: store.path, initializers: model.initializers },
      // The runtime fuses x * sigmoid(x) to an operator that has no float64 kernel.
      optimization: options.type === 'float64' ? 'basic' : 'all',
    })
    return new RunningStep(device, session, model, options.shape)
  }

  async run(rows: readonly Row[], given: StepInputs): Promise<StepOutputs> {
    const shape = this.#shape
    const { count, ...packed } = packedRows(rows, shape)
    const values: Record<string, ArrayLike<number>> = {
      ...packed,
      ...given.columns,
      parameters: given.parameters,
      gradient: given.gradient ?? [],
      [TRAINING_PORTS.seed]: [given.seed ?? 0],
      [TRAINING_PORTS.lossScale]: [given.lossScale ?? 1],
    }
    const tensors: DeviceTensor[] = []
    const allocate = (dtype: DType, dims: readonly number[]) => {
      const tensor = this.#device.allocate(dtype, dims)
      tensors.push(tensor)
      return tensor
    }
    const inputs = this.#model.inputs.map(({ name, dtype, dims }) => {
      const tensor = allocate(dtype, dims)
      tensor.write(filled(dtype, tensor.bytes, values[name] ?? []))
      return [name, tensor] as const
    })
    const gradient = inputs.find(([name]) => name === TRAINING_PORTS.gradient)?.[1]
    const outputs = this.#model.outputs.map(({ name, dtype, dims }) => {
      const inPlace = name === TRAINING_PORTS.newGradient ? gradient : undefined
      return [name, inPlace ?? allocate(dtype, dims)] as const
    })
    const read = (name: string) =>
      Array.from(outputs.find(([known]) => known === name)?.[1].read() ?? [], Number)
    try {
      await this.#session.run(Object.fromEntries(inputs), Object.fromEntries(outputs))
      return {
        loss: read(TRAINING_PORTS.loss)[0] ?? Number.NaN,
        logprobs: read(TRAINING_PORTS.logprobs).slice(0, count),
        entropies: read(TRAINING_PORTS.entropies).slice(0, count),
        gradient: read(TRAINING_PORTS.newGradient),
      }
    } finally {
      for (const tensor of tensors) tensor.dispose()
    }
  }

  dispose(): void {
    this.#session.dispose()
  }
}

/** What a step over some rows does, in sizes that just hold them. */
export async function stepOnce(
  device: Device,
  config: DecoderConfig,
  store: WeightStore,
  rows: readonly Row[],
  {
    shape = sizesOf(rows),
    ...options
  }: Omit<TrainingOptions, 'shape'> & Partial<Pick<TrainingOptions, 'shape'>>,
  given: StepInputs,
): Promise<StepOutputs> {
  const step = await RunningStep.open(device, config, store, { ...options, shape })
  try {
    return await step.run(rows, given)
  } finally {
    step.dispose()
  }
}

function filled(dtype: DType, bytes: number, values: ArrayLike<number>): HostArray {
  const array = hostArray(dtype, new ArrayBuffer(bytes))
  if (array instanceof BigInt64Array) array.set(Array.from(values, BigInt))
  else array.set(values)
  return array
}
