import type { Dialect } from '../dialects/dialect.ts'
import { DIALECTS } from './dialects.ts'
import { akka } from './rlhf/akka.ts'
import { alignAnything } from './rlhf/align-anything.ts'
import { evalProtocol } from './rlhf/eval-protocol.ts'
import { foundry } from './rlhf/foundry.ts'
import { llamaFactory } from './rlhf/llama-factory.ts'
import { openrlhf } from './rlhf/openrlhf.ts'
import { promptfoo } from './rlhf/promptfoo.ts'
import { slime } from './rlhf/slime.ts'

/**
 * Paths that the documentation of clients uses for reward servers of their own, so that users try them here. Where several
 * clients use one, the fields of the body say whose it is: the marks of each dialect.
 */
export const GUESSED: Readonly<Record<string, readonly Dialect[]>> = {
  '/': [slime, openrlhf, alignAnything, promptfoo],
  '/get_reward': [openrlhf, alignAnything],
  '/v1/score/evaluation': [llamaFactory],
  '/grade': [foundry, akka],
  '/reward': [evalProtocol],
  '/evaluate': [evalProtocol],
}

/** The dialects that a path answers in: at a path of its own, of a run, or one that was guessed. */
export function dialectsAt(path: string): readonly Dialect[] {
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const name = plain.slice(plain.lastIndexOf('/') + 1)
  return GUESSED[plain] ?? Object.values(DIALECTS).filter((dialect) => dialect.name === name)
}

/** What to do about a body at this path that has so many times the bytes that it may have. */
export function smallerBatch(times: number, path: string): string {
  const flags = new Set(dialectsAt(path).flatMap(({ batchFlag }) => batchFlag ?? []))
  return flags.size === 0
    ? 'send shorter texts or fewer of them'
    : `divide ${[...flags].join(' or ')} by ${times}, or send shorter texts`
}
