import type { PhaseName } from '../hyperparameters.ts'
import type { PhaseRow } from '../phases.ts'

/** Where a phase's files lie and what it starts from; paths are relative to the folder of the export. */
export type Phase = {
  name: PhaseName
  part: number
  /** The phase's data, a JSON line a row. */
  data: string
  /** Where its model is written to. */
  output: string
  /** The model that it goes on training. */
  model: string
}

/** How a trainer is written for. */
export type Trainer = {
  /** A row of data in the fields that it reads. */
  row(row: PhaseRow, phase: PhaseName): object
  /** The file that runs a phase, and the command that runs it. `url` is the service's. */
  config(phase: Phase, url: string): { extension: 'sh' | 'yaml'; text: string; run(file: string): string }
  /** Whether it needs `plumbline_reward.py` beside the data: it takes no URL. */
  python: boolean
  /** What a reader must know of it, a sentence each. */
  notes: string[]
}
