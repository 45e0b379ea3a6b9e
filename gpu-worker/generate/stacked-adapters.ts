import { type AdapterBank, adapterBank, type BankSpan } from '../nn/adapter-bank.ts'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import type { AdapterRole } from '../nn/ports.ts'
import type { DType } from '../onnx/types.ts'
import type { Device, DeviceTensor, Tensors } from '../runtime/device.ts'
import type { HostArray } from '../runtime/host-array.ts'
import type { Adapter } from '../weights/adapter.ts'
import { PassTensor } from './pass-tensor.ts'

type Matrix = { port: string; role: AdapterRole; tensor: DeviceTensor }

/** Adapters side by side in the device's memory. A pass is given those alone that lie between the ones it uses. */
export class StackedAdapters {
  readonly #device: Device
  readonly #type: DType
  readonly #places: ReadonlyMap<string, number>
  readonly #bank: Pick<AdapterBank, 'ranks' | 'gates' | 'own'>
  readonly #matrices: readonly Matrix[]
  /** The matrices of each span that was asked for. */
  readonly #spans = new Map<string, Tensors>()
  readonly #gates = new Map<string, PassTensor>()

  /** `adapters` by their keys. What `before` holds of them, which is not disposed of yet, is copied on the device. */
  constructor(
    device: Device,
    config: DecoderConfig,
    type: DType,
    adapters: ReadonlyMap<string, Adapter>,
    before: StackedAdapters | null,
  ) {
    const { ports, own, ranks, gates } = adapterBank(config, [...adapters.values()], type)
    const nothing = valuesOf(config, [], type)
    const fresh = new Map(
      Array.from(adapters)
        .filter(([key]) => !before?.holds(key))
        .map(([key, adapter]) => [key, valuesOf(config, [adapter], type)]),
    )
    this.#device = device
    this.#type = type
    this.#places = new Map(Array.from(adapters.keys(), (key, place) => [key, place]))
    this.#bank = { ranks, gates, own }
    this.#matrices = ports.map(({ port, role, dims }) => {
      const [, columns] = dims
      const tensor = device.allocate(type, dims)
      let filled = 0
      for (const [key, place] of this.#places) {
        const { from, count } = own(role, place)
        filled += count
        if (count === 0) continue
        const values = fresh.get(key)?.get(port)
        if (values) tensor.write(values, from * columns)
        else before?.copyTo(tensor, { key, port, at: from * columns })
      }
      const zeros = nothing.get(port)
      if (filled === 0 && zeros) tensor.write(zeros)
      return { port, role, tensor }
    })
  }

  holds(key: string): boolean {
    return this.#places.has(key)
  }

  /** Copies the rows of an adapter that this holds to a tensor, from an element on. */
  copyTo(tensor: DeviceTensor, { key, port, at }: { key: string; port: string; at: number }): void {
    const matrix = this.#matrices.find((one) => one.port === port)
    if (!matrix) return
    const [, columns = 0] = matrix.tensor.dims
    const { from, count } = this.#bank.own(matrix.role, this.#place(key))
    tensor.copyFrom(matrix.tensor, from * columns, at, count * columns)
  }

  /** What the graph takes for rows under these adapters, null for none; valid until the next call. Null where all are none. */
  bind(keys: readonly (string | null)[]): Tensors | null {
    const rows = keys.map((key) => (key === null ? null : this.#place(key)))
    const used = rows.filter((place) => place !== null)
    if (used.length === 0) return null
    const span = { first: Math.min(...used), last: Math.max(...used) }
    const gates = this.#bank
      .gates(rows, span)
      .map(({ port, dims, values }) => [port, this.#gate(port).holding(values, dims)] as const)
    return { ...this.#within(span), ...Object.fromEntries(gates) }
  }

  dispose(): void {
    for (const gate of this.#gates.values()) gate.dispose()
    for (const views of this.#spans.values()) for (const view of Object.values(views)) view.dispose()
    for (const { tensor } of this.#matrices) tensor.dispose()
  }

  #within(span: BankSpan): Tensors {
    const key = `${span.first} ${span.last}`
    const views = this.#spans.get(key) ?? this.#views(span)
    this.#spans.set(key, views)
    return views
  }

  #views(span: BankSpan): Tensors {
    return Object.fromEntries(
      this.#matrices.map(({ port, role, tensor }) => {
        const [, columns = 0] = tensor.dims
        const { from, count } = this.#bank.ranks(role, span)
        return [port, tensor.view([count, columns], from * columns)]
      }),
    )
  }

  #place(key: string): number {
    const place = this.#places.get(key)
    if (place === undefined) throw new TypeError(`the adapter ${key} was taken out while it was in use`)
    return place
  }

  #gate(port: string): PassTensor {
    const gate = this.#gates.get(port) ?? new PassTensor(this.#device, this.#type)
    this.#gates.set(port, gate)
    return gate
  }
}

/** What the matrices of a bank hold, by port. */
function valuesOf(
  config: DecoderConfig,
  adapters: readonly Adapter[],
  type: DType,
): ReadonlyMap<string, HostArray> {
  return new Map(adapterBank(config, adapters, type).matrices.map(({ port, values }) => [port, values]))
}
