import type { Dialect } from '../dialects/dialect.ts'
import { INFERENCE } from './inference/dialects.ts'
import { akka } from './rlhf/akka.ts'
import { alignAnything } from './rlhf/align-anything.ts'
import { evalProtocol } from './rlhf/eval-protocol.ts'
import { foundry } from './rlhf/foundry.ts'
import { llamaFactory } from './rlhf/llama-factory.ts'
import { miles } from './rlhf/miles.ts'
import { nemoGymCompare } from './rlhf/nemo-gym-compare.ts'
import { nemoGymVerify } from './rlhf/nemo-gym-verify.ts'
import { openrlhf } from './rlhf/openrlhf.ts'
import { plumbline } from './rlhf/plumbline.ts'
import { promptfoo } from './rlhf/promptfoo.ts'
import { slime } from './rlhf/slime.ts'

/** Every dialect at a path of its own: trainers under `/rlhf`, what asks as it would an inference server under `/inference`. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  '/rlhf/akka': akka,
  '/rlhf/align-anything': alignAnything,
  '/rlhf/eval-protocol': evalProtocol,
  '/rlhf/foundry': foundry,
  '/rlhf/llama-factory': llamaFactory,
  '/rlhf/miles': miles,
  '/rlhf/nemo-gym/compare': nemoGymCompare,
  '/rlhf/nemo-gym/verify': nemoGymVerify,
  '/rlhf/openrlhf': openrlhf,
  '/rlhf/plumbline': plumbline,
  '/rlhf/promptfoo': promptfoo,
  '/rlhf/slime': slime,
  ...INFERENCE,
}

/** What stands behind the id of a run in its URLs: the path of a dialect, and its last part where no other dialect ends so. */
export const ON_RUNS: Readonly<Record<string, Dialect>> = Object.fromEntries(
  Object.entries(DIALECTS).flatMap(([path, dialect]) => {
    const short = lastPart(path)
    const alone = Object.keys(DIALECTS).filter((other) => lastPart(other) === short).length === 1
    return [path.slice(1), ...(alone ? [short] : [])].map((name) => [name, dialect] as const)
  }),
)

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
