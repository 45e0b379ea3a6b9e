import type { DType } from '../../onnx/types.ts'
import type { Device, DeviceTensor, Session, Tensors } from '../../runtime/device.ts'
import type { HostArray } from '../../runtime/host-array.ts'
import { toBfloat16, toFloat16 } from '../../weights/store/narrow-floats.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { type DecoderOptions, decoderModel } from '../decoder-model.ts'
import { PORTS } from '../ports.ts'

/** The keys and values of some rows. */
export type Buffers = { rows: number; tensors: Tensors }

export type RunOptions = {
  /** A list of new tokens for each row. */
  tokens: readonly (readonly number[])[]
  /** For each row, how many places are filled before. */
  past?: readonly number[]
  /** For each row, how many of its new tokens count, where all are new; all by default. */
  lengths?: readonly number[]
  /** Of each new token; behind the past by default. */
  positions?: readonly (readonly number[])[]
  /** [S, T], 0 or -inf. */
  bias?: readonly (readonly number[])[]
  /** Of each place; its own number by default. */
  keyPositions?: readonly number[]
  /** What adapters bring. */
  adapters?: Tensors
}

/** A decoder graph in a session of its own, for tests. */
export class RunningDecoder {
  readonly #device: Device
  readonly #session: Session
  readonly #config: DecoderConfig
  readonly #options: DecoderOptions
  readonly #type: DType
  readonly #owned: DeviceTensor[] = []

  private constructor(
    device: Device,
    session: Session,
    config: DecoderConfig,
    options: DecoderOptions,
    type: DType,
  ) {
    this.#device = device
    this.#session = session
    this.#config = config
    this.#options = options
    this.#type = type
  }

  static async open(
    device: Device,
    config: DecoderConfig,
    store: WeightStore,
    options: DecoderOptions,
  ): Promise<RunningDecoder> {
    const { model, initializers, type } = decoderModel(config, store, options)
    const session = await device.openSession({ model, weights: { path: store.path, initializers } })
    return new RunningDecoder(device, session, config, options, type)
  }

  buffers(rows: number, capacity = 32): Buffers {
    const { layers, kvHeads, headSize } = this.#config
    const tensors: Record<string, DeviceTensor> = {}
    for (let layer = 0; layer < layers; layer++) {
      for (const [past, present] of [
        [PORTS.pastKey(layer), PORTS.presentKey(layer)],
        [PORTS.pastValue(layer), PORTS.presentValue(layer)],
      ] as const) {
        const size = rows * kvHeads * capacity * headSize
        const tensor = this.tensor(new Float32Array(size), [rows, kvHeads, capacity, headSize])
        tensors[past] = tensor
        tensors[present] = tensor
      }
    }
    return { rows, tensors }
  }

  /** Floats in the type that the graph computes in, for as long as the decoder lives. */
  tensor(values: Float32Array, dims: readonly number[]): DeviceTensor {
    const tensor = this.#put(this.#type, floats(values, this.#type), dims)
    this.#owned.push(tensor)
    return tensor
  }

  /** Runs the new tokens over the buffers; the logits after each of them, row by row. */
  async run(buffers: Buffers, options: RunOptions): Promise<Float32Array[]> {
    const { tokens } = options
    const count = tokens[0]?.length ?? 0
    const past = options.past ?? tokens.map(() => 0)
    const total = Math.max(...past) + count
    const filled = past.map((before, row) => before + (options.lengths?.[row] ?? count))
    const positions = options.positions ?? past.map((before) => tokens[0]?.map((_, i) => before + i) ?? [])
    const integers = (values: readonly number[], dims: readonly number[]) =>
      this.#put('int64', BigInt64Array.from(values, BigInt), dims)
    const rows = tokens.length * count
    const inputs: Record<string, DeviceTensor> = {
      [PORTS.tokens]: integers(tokens.flat(), [tokens.length, count]),
      [PORTS.positions]: integers(positions.flat(), [tokens.length, count]),
      [PORTS.last]: this.#put(
        'int32',
        Int32Array.from(filled, (value) => value - 1),
        [tokens.length],
      ),
      [PORTS.total]: this.#put('int32', Int32Array.of(total), []),
      [PORTS.rows]: integers([...Array(rows).keys()], [rows]),
    }
    if (this.#options.tree) {
      const bias = options.bias?.flat() ?? Array.from({ length: count * total }, () => 0)
      inputs[PORTS.bias] = this.#put('float32', Float32Array.from(bias), [1, 1, count, total])
      if (this.#config.local) {
        inputs[PORTS.keyPositions] = integers(options.keyPositions ?? [...Array(total).keys()], [total])
      }
    }
    const logits = this.#device.allocate('float32', [rows, this.#config.vocabulary])
    const names = Object.entries(buffers.tensors)
    await this.#session.run(
      {
        ...inputs,
        ...options.adapters,
        ...Object.fromEntries(names.filter(([name]) => name.startsWith('past'))),
      },
      { ...Object.fromEntries(names.filter(([name]) => name.startsWith('present'))), [PORTS.logits]: logits },
    )
    const values = logits.read()
    for (const tensor of [...Object.values(inputs), logits]) tensor.dispose()
    if (!(values instanceof Float32Array)) throw new TypeError('logits are float32')
    const { vocabulary } = this.#config
    return Array.from({ length: rows }, (_, row) => values.slice(row * vocabulary, (row + 1) * vocabulary))
  }

  dispose(): void {
    this.#session.dispose()
    for (const tensor of this.#owned) tensor.dispose()
  }

  #put(dtype: DType, values: HostArray, dims: readonly number[]): DeviceTensor {
    const tensor = this.#device.allocate(dtype, dims)
    tensor.write(values)
    return tensor
  }
}

function floats(values: Float32Array, dtype: DType): HostArray {
  if (dtype === 'float32') return values
  const narrow = dtype === 'bfloat16' ? toBfloat16(values) : toFloat16(values)
  if (!narrow) throw new RangeError(`a number is too large for ${dtype}`)
  return narrow
}
