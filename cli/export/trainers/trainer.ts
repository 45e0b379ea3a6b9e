import type { Message } from '../../../shared/protocol/message.ts'
import type { PhaseName } from '../hyperparameters.ts'
import type { PhaseRow } from '../phases.ts'

/** What a training starts from, reads and writes; paths are relative to the folder of the export. */
export type Files = {
  /** The model that it goes on training. */
  model: string
  /** Its data, a JSON line a row. */
  data: string
  /** The folder that it writes to. */
  output: string
}

/** A phase of a part, by reinforcement. */
export type Phase = Files & { name: PhaseName; part: number }

/** The warm-up of a model, supervised. */
export type WarmUpPhase = Files & { name: PhaseName }

/** A file that runs a training, and the command that runs the file. */
export type Script = { extension: 'sh' | 'yaml'; text: string; run(file: string): string }

/** How a trainer is written for. */
export type Trainer = {
  /** The release whose own parsers took what is written here. */
  version: string
  /** A row of data in the fields that it reads. */
  row(row: PhaseRow, phase: PhaseName): object
  /** `url` is the service's. */
  config(phase: Phase, url: string): Script
  /** A conversation whose last message is to be learnt, in the fields that it reads. */
  warmUpRow(messages: Message[]): object
  warmUpConfig(phase: WarmUpPhase): Script
  /** Where the model lies when a training that writes to this folder has ended. */
  saved(output: string): string
  /** Whether it needs `plumbline_reward.py` beside the data: it takes no URL. */
  python: boolean
  /** What a reader must know of it, a sentence each. */
  notes: string[]
}
