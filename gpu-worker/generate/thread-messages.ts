import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'
import type { Progress } from '../weights/progress.ts'
import type {
  AdapterInfo,
  ChooseRequest,
  ChooseResult,
  EngineStats,
  GenerateEvent,
  GenerateRequest,
  ModelInfo,
} from './engine.ts'

/** What the engine's thread is asked, by the kind of request, and what it answers in the end. */
export type Calls = {
  generate: { request: Omit<GenerateRequest, 'signal'>; result: null }
  choose: { request: Omit<ChooseRequest, 'signal'>; result: ChooseResult }
  logprobs: { request: { tokens: number[] }; result: Float32Array[] }
  loadAdapter: { request: { name: string; folder: string }; result: AdapterInfo }
  offerAdapter: { request: { name: string; folder: string }; result: AdapterInfo }
  unloadAdapter: { request: { name: string }; result: null }
}

export type CallKind = keyof Calls
export type CallResult = Calls[CallKind]['result']
type CallOf<K extends CallKind> = { id: number; kind: K; request: Calls[K]['request'] }
export type Call = { [K in CallKind]: CallOf<K> }[CallKind]

/** Each call is answered by one `started` when it leaves the queue, by events, and by one `done` or `error`. */
export type ToThread = Call | { kind: 'abort'; id: number } | { kind: 'close' }

export type FromThread =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'ready'; model: ModelInfo }
  | { kind: 'unready'; error: Failure }
  | { kind: 'stats'; stats: EngineStats }
  | { kind: 'started'; id: number }
  | { kind: 'event'; id: number; event: GenerateEvent }
  | { kind: 'done'; id: number; result: CallResult }
  | { kind: 'error'; id: number; error: Failure }

/** An error on its way between threads: a class does not survive the copy. */
export type Failure = { code: ErrorCode; message: string; transient: boolean }

/** What is no error of ours becomes `internal`. */
export function toFailure(error: unknown): Failure {
  if (PlumblineError.isInstance(error)) {
    return { code: error.code, message: error.message, transient: error.transient }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `The engine failed: ${reason}`, transient: false }
}

/** The error that it was, but for its cause. */
export function fromFailure({ code, message, transient }: Failure): PlumblineError {
  return new PlumblineError(code, message, { transient })
}

/** What a request gets that the engine's closing cut off. */
export function closed(): PlumblineError {
  return new PlumblineError('internal', 'The engine was closed; open it again.')
}
