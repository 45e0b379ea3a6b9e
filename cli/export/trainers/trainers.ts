import { msSwift } from './ms-swift.ts'
import { openrlhf } from './openrlhf.ts'
import type { Trainer } from './trainer.ts'
import { trl } from './trl.ts'
import { verl } from './verl.ts'

/** The trainers that an export can be written for, by the name that `--for` takes. */
export const TRAINERS: Record<string, Trainer> = { verl, openrlhf, trl, 'ms-swift': msSwift }
