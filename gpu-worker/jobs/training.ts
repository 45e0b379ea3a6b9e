import type { ErrorData } from '../../shared/protocol/error.ts'
import type { Method } from '../../shared/protocol/training/methods.ts'
import type { StepReport } from '../train/method.ts'

/** What is to be trained, and where it is kept. */
export type TrainingOrder = {
  /** Holds `training.jsonl`, `validation.jsonl` where there is one, and all that the run keeps. */
  folder: string
  method: Method
  validation: boolean
}

/**
 * What a run says while it goes on. `steps` is as many as the whole run has, as far as it is known; `tokens` are those that
 * the steps up to where it begins were trained on, and those of a step.
 */
export type TrainingNews =
  | { kind: 'begun'; step: number; steps: number | null; tokens: number }
  | { kind: 'step'; report: StepReport; steps: number | null; tokens: number }
  /** `adapters` are folders by role, which go when the checkpoint does. */
  | { kind: 'checkpoint'; step: number; adapters: Record<string, string> }
  /** Before the first step: `made` counts what came of it in this run and is kept. */
  | { kind: 'preparing'; phase: string; made: number; text: string }
  /** A file that the job leaves beside what it trains. */
  | { kind: 'result'; path: string; name: string }
  | { kind: 'message'; level: 'info' | 'warn' | 'error'; text: string }

/** How a run ended. `adapters` are folders by role; those of `full` training are whole models. */
export type TrainingEnd =
  | { kind: 'finished'; adapters: Record<string, string> }
  | { kind: 'paused' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; error: Pick<ErrorData, 'code' | 'message'> }
  /** It broke off without a word: the run can be taken up from its last checkpoint. */
  | { kind: 'died'; reason: string }

/** A run under way. It goes on from the last checkpoint in its folder, where there is one. */
export type TrainingRun = {
  /** Keeps a checkpoint after the step that is under way, and ends. */
  pause(): void
  /** Ends as soon as it can. */
  cancel(): void
  /** Ends it now, whatever it does. */
  kill(): Promise<void>
  ended: Promise<TrainingEnd>
}

/** What is wanted of a run while it goes on: both are aborted at most once. */
export type TrainingWishes = { pause: AbortSignal; cancel: AbortSignal }

/** Trains as ordered, in a thread that has nothing else to do. What it throws ends the run as failed. */
export type TrainingProgram = (
  order: TrainingOrder,
  tell: (news: TrainingNews) => void,
  wishes: TrainingWishes,
) => Promise<TrainingEnd>

export type StartTraining = (order: TrainingOrder, tell: (news: TrainingNews) => void) => TrainingRun
