import type { ModelInfo } from '../../gpu-worker/generate/engine.ts'
import type { Progress } from '../../gpu-worker/weights/progress.ts'

/** What a worker tells the launcher that started it, in this order; `failed` ends it at any point. */
export type WorkerNews =
  | { kind: 'listening'; url: string }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'ready'; model: ModelInfo }
  | { kind: 'failed'; message: string }
