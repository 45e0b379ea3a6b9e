import type { Winner } from '../../shared/protocol/judgment.ts'
import type { Prompt } from '../../shared/protocol/message.ts'
import type { RubricInput } from '../../shared/protocol/rubric.ts'
import type { Finding } from '../finding.ts'
import type { Result } from './result.ts'

/** A pair whose better response is known. */
export type Pair = {
  id: string
  prompt: Prompt
  responses: [string, string]
  label: Winner
  /** What the benchmark reports by. */
  group?: string
  /** The true answer, which a judge is shown only where it is asked for: other judges have to do without. */
  reference?: string
  constraints?: unknown[]
  /** What several people said. */
  annotators?: Winner[]
  /** Who wrote the responses. */
  authors?: [string, string]
}

/** One call to the service. */
export type Task =
  | { kind: 'pair'; id: string; pair: Pair }
  | { kind: 'response'; id: string; prompt: Prompt; response: string; rubric: RubricInput | null }
  | { kind: 'group'; id: string; prompt: Prompt; responses: string[] }
  | { kind: 'check'; id: string; prompt: string; response: string; verifiers: unknown[] }

/** The result of a task, by the task's id; undefined where it has none yet. */
export type Results = (id: string) => Result | undefined

/** A benchmark as it was read from a file. */
export type Suite = {
  /** The name of its layout. */
  name: string
  tasks: Task[]
  /** The benchmark's own scoring (systems.md 4), nothing where the pairs say it all. */
  official(results: Results): Finding[]
}
