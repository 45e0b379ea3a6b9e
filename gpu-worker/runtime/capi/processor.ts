import type { Provider } from '../device.ts'

/** What differs between the CPU and CUDA: a processor's memory, and how sessions are put on it. */
export interface Processor {
  readonly provider: Provider
  /** The runtime's name for its memory, an OrtMemoryInfo. */
  readonly memoryInfo: bigint
  /** Of all its memory, bytes. */
  readonly memoryBytes: number
  /** Not cleared. */
  allocate(bytes: number): bigint
  free(pointer: bigint): void
  write(to: bigint, bytes: Uint8Array): void
  read(from: bigint, into: Uint8Array): void
  copy(to: bigint, from: bigint, bytes: number): void
  /** A file's bytes in this memory, read only. */
  loadFile(path: string): LoadedFile
  /** Puts a session that is about to be made on this processor. */
  configure(sessionOptions: bigint): void
  dispose(): void
}

export type LoadedFile = { pointer: bigint; bytes: number; unload(): void }
