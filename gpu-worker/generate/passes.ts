import { PORTS } from '../nn/ports.ts'
import type { Device, Session, Tensors } from '../runtime/device.ts'
import type { KvTensors } from './kv/kv-tensors.ts'
import { PassTensor } from './pass-tensor.ts'

/** New tokens of some rows, a like number in each; with more than one a row there is one row. */
export type Pass = {
  kv: KvTensors
  rows: number
  /** Row after row. */
  tokens: readonly number[]
  positions: readonly number[]
  /** For each row, how many places are filled before its new tokens. */
  past: readonly number[]
  /** How branches lie in the one row; null where each row is plain text. */
  tree: Tree | null
  /** After which of the tokens logits are wanted, in rising order: at least one. */
  wanted: readonly number[]
  /** The decoder with adapters, and what it takes beside; null runs the one without. */
  adapted: Adapted | null
}

/** `bias`: [new tokens, places], see PORTS.bias. `positions`: of the token in each place. */
export type Tree = { bias: Float32Array<ArrayBuffer>; positions: readonly number[] }

/** `tensors` binds the stacked matrices and the gate of as many rows as the pass has. */
export type Adapted = { session: Session; tensors: Tensors }

/** What a pass takes beside where some of its rows are read under an adapter; null where none is. Used up at once. */
export type AdaptRows = (adapters: readonly (string | null)[]) => Adapted | null

export type PassCounts = { count: number; rows: number; tokens: number; milliseconds: number }

/** Runs the decoder: binds what a pass says to tensors that are kept from one pass to the next. */
export class Passes {
  readonly #session: Session
  readonly #vocabulary: number
  readonly #tokens: PassTensor
  readonly #positions: PassTensor
  readonly #last: PassTensor
  readonly #total: PassTensor
  readonly #wanted: PassTensor
  readonly #bias: PassTensor
  readonly #noBias: PassTensor
  readonly #places: PassTensor | null
  readonly #ownPlaces: PassTensor
  readonly #logits: PassTensor
  readonly counts: PassCounts = { count: 0, rows: 0, tokens: 0, milliseconds: 0 }

  /** `windows` says whether some layers look back a window alone. */
  constructor(
    device: Device,
    session: Session,
    { vocabulary, windows }: { vocabulary: number; windows: boolean },
  ) {
    this.#session = session
    this.#vocabulary = vocabulary
    this.#tokens = new PassTensor(device, 'int64')
    this.#positions = new PassTensor(device, 'int64')
    this.#last = new PassTensor(device, 'int32')
    this.#total = new PassTensor(device, 'int32')
    this.#wanted = new PassTensor(device, 'int64')
    this.#bias = new PassTensor(device, 'float32')
    this.#noBias = new PassTensor(device, 'float32', (size) => new Float32Array(size))
    this.#places = windows ? new PassTensor(device, 'int64') : null
    this.#ownPlaces = new PassTensor(device, 'int64', (size) =>
      BigInt64Array.from({ length: size }, (_, place) => BigInt(place)),
    )
    this.#logits = new PassTensor(device, 'float32')
  }

  /**
   * Appends the new tokens' keys and values to the rows. Returns the wanted logits, [wanted, vocabulary], in memory of
   * their own. One pass at a time.
   */
  async run(pass: Pass): Promise<Float32Array> {
    const { rows, tokens, past, wanted, kv, adapted, tree } = pass
    const started = performance.now()
    const perRow = tokens.length / rows
    const total = Math.max(...past) + perRow
    const { inputs, outputs } = kv.ports(rows)
    const logits = this.#logits.sized([wanted.length, this.#vocabulary])
    // Of rows with one new token each, the bias is one line for all.
    const bias = [1, 1, perRow, total]
    await (adapted?.session ?? this.#session).run(
      {
        [PORTS.tokens]: this.#tokens.holding(BigInt64Array.from(tokens, BigInt), [rows, perRow]),
        [PORTS.positions]: this.#positions.holding(BigInt64Array.from(pass.positions, BigInt), [
          rows,
          perRow,
        ]),
        [PORTS.last]: this.#last.holding(
          Int32Array.from(past, (filled) => filled + perRow - 1),
          [rows],
        ),
        [PORTS.total]: this.#total.holding(Int32Array.of(total), []),
        [PORTS.rows]: this.#wanted.holding(BigInt64Array.from(wanted, BigInt), [wanted.length]),
        [PORTS.bias]: tree ? this.#bias.holding(tree.bias, bias) : this.#noBias.sized(bias),
        ...this.#positionsOfPlaces(tree, total),
        ...inputs,
        ...adapted?.tensors,
      },
      { ...outputs, [PORTS.logits]: logits },
      { brief: perRow === 1 },
    )
    const values = logits.read()
    if (!(values instanceof Float32Array)) throw new TypeError('logits are float32')
    this.counts.count++
    this.counts.rows += rows
    this.counts.tokens += tokens.length
    this.counts.milliseconds += performance.now() - started
    return values
  }

  #positionsOfPlaces(tree: Tree | null, total: number): Tensors {
    if (!this.#places) return {}
    const own = this.#ownPlaces.sized([total])
    const places = tree ? this.#places.holding(BigInt64Array.from(tree.positions, BigInt), [total]) : own
    return { [PORTS.keyPositions]: places }
  }

  dispose(): void {
    this.#places?.dispose()
    this.#ownPlaces.dispose()
    for (const tensor of [this.#tokens, this.#positions, this.#last, this.#total]) tensor.dispose()
    for (const tensor of [this.#wanted, this.#bias, this.#noBias, this.#logits]) tensor.dispose()
  }
}
