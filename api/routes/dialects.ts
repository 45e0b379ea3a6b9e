import type { Dialect } from '../dialects/dialect.ts'
import { openrlhf } from './rlhf/openrlhf.ts'
import { plumbline } from './rlhf/plumbline.ts'
import { slime } from './rlhf/slime.ts'

/** Every dialect at a path of its own: trainers under `/rlhf`, what asks as it would an inference server under `/inference`. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  '/rlhf/openrlhf': openrlhf,
  '/rlhf/plumbline': plumbline,
  '/rlhf/slime': slime,
}
