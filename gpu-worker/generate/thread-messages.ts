import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'
import type { Progress } from '../weights/progress.ts'
import type { ChooseRequest, ChooseResult, GenerateEvent, GenerateRequest, ModelInfo } from './engine.ts'

/** What the engine's thread is asked. Each request is answered by events and one `done` or `error`. */
export type Request =
  | { id: number; kind: 'generate'; request: Omit<GenerateRequest, 'signal'> }
  | { id: number; kind: 'choose'; request: Omit<ChooseRequest, 'signal'> }
  | { id: number; kind: 'logprobs'; tokens: number[] }

export type ToThread = Request | { kind: 'abort'; id: number } | { kind: 'close' }

export type FromThread =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'ready'; model: ModelInfo }
  | { kind: 'unready'; error: Failure }
  | { kind: 'event'; id: number; event: GenerateEvent }
  | { kind: 'done'; id: number; result: ChooseResult | Float32Array[] | null }
  | { kind: 'error'; id: number; error: Failure }

/** An error on its way between threads: a class does not survive the copy. */
export type Failure = { code: ErrorCode; message: string; transient: boolean }

export function toFailure(error: unknown): Failure {
  if (PlumblineError.isInstance(error)) {
    return { code: error.code, message: error.message, transient: error.transient }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `The engine failed: ${reason}`, transient: false }
}

export function fromFailure({ code, message, transient }: Failure): PlumblineError {
  return new PlumblineError(code, message, { transient })
}

/** What a request gets that the engine's closing cut off. */
export function closed(): PlumblineError {
  return new PlumblineError('internal', 'The engine was closed; open it again.')
}
