import type { DType } from '../onnx/types.ts'
import type { HostArray } from './host-array.ts'

/** Where models run: a processor and its memory. Interfaces alone; `capi/` and `stock/` implement them. */

export type Provider = 'cpu' | 'cuda'

/** A row-major tensor in a device's memory. Its bytes reach JavaScript only through `read` and `write`. */
export interface DeviceTensor {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly bytes: number
  /** The same memory under other sizes, from an element on; it must lie within. Disposing it frees no memory. */
  view(dims: readonly number[], offset?: number): DeviceTensor
  /** Copies elements in, from element `offset` on. */
  write(values: HostArray, offset?: number): void
  /** Copies all elements out. */
  read(): HostArray
  /** Copies elements from another tensor of the type on the same device; no element passes through JavaScript. */
  copyFrom(source: DeviceTensor, from: number, to: number, elements: number): void
  dispose(): void
}

export type Tensors = Readonly<Record<string, DeviceTensor>>

export type RunOptions = {
  /** It is over in milliseconds: it may hold the event loop, which spares handing it to another thread and back. */
  brief?: boolean
}

/** A loaded model. One run at a time. */
export interface Session {
  /**
   * Runs with every input and every output of the model bound to a tensor. An output may be bound to the memory of
   * an input where the operator that writes it reads no more of that input than it has written (elementwise ones, the
   * past and present of attention) and no later operator reads the input. Where the runtime has no such binding it
   * copies, and past places after those that a row uses are then lost. The event loop stays free where the
   * implementation is `asynchronous`. Rejects with `internal` and the runtime's words; the session works on.
   */
  run(inputs: Tensors, outputs: Tensors, options?: RunOptions): Promise<void>
  dispose(): void
}

/** A constant of a model whose bytes lie in a weights file. */
export type ExternalInitializer = {
  name: string
  dtype: DType
  dims: readonly number[]
  /** Of its first byte in the file. */
  offset: number
}

export type SessionOptions = {
  /** The ModelProto; its external data names `weights.path`'s base name as location. */
  model: Uint8Array
  /** Sessions that name the same file share one copy of the constants. */
  weights: { path: string; initializers: readonly ExternalInitializer[] }
  /** 'all' by default; 'basic' keeps the runtime from fusing operators. */
  optimization?: 'basic' | 'all'
  /**
   * Whether kernels may keep copies of the constants laid out for them; true by default. A graph that multiplies by them
   * both ways would have two of each.
   */
  prepacking?: boolean
  /**
   * Whether it computes in memory of its own, or in memory that it shares with others of the device that say so, where the
   * device `sharesArenas`: for sessions that run by turns. 'own' by default.
   */
  arena?: 'own' | 'shared'
}

export interface Device {
  readonly provider: Provider
  /** Whether runs leave the event loop free. */
  readonly asynchronous: boolean
  /** Whether sessions can share what they compute in. */
  readonly sharesArenas: boolean
  /** Bytes of the memory that tensors lie in: the GPU's, the machine's, or what its container is given of that. */
  readonly memoryBytes: number
  /** Not cleared. */
  allocate(dtype: DType, dims: readonly number[]): DeviceTensor
  openSession(options: SessionOptions): Promise<Session>
  /** Frees what sessions share. Throws `TypeError` while a session or tensor of it was not disposed of. */
  dispose(): void
}

export type DeviceOptions = { provider: Provider; threads: number; deviceId?: number }
