import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { median } from '../statistics.ts'
import type { StepsAnswer, Variant } from './variant.ts'

/** What came of some steps: seconds of the middle one, and the most memory of its process. */
export type Measured = { seconds: number; peakBytes: number; opening: number }

/** A process of its own that runs steps when it is asked to. */
export type Steps = { opening: number; step(): Promise<StepsAnswer>; end(): Promise<void> }

/** Ours. */
export function ourSteps(variant: Variant): Promise<Steps> {
  return startSteps(process.execPath, [path('steps-process.ts'), JSON.stringify(variant)])
}

/** PyTorch's with peft, of an interpreter that has them; it is told the sizes of the model. */
export function peftSteps(python: string, order: object): Promise<Steps> {
  return startSteps(python, [path('peft_steps.py'), JSON.stringify(order)])
}

/** Measures several in turns, `rounds` steps each after one that warms up; then they end. */
export async function inTurns(all: readonly Promise<Steps>[], rounds: number): Promise<Measured[]> {
  const steps = await Promise.all(all)
  for (const one of steps) await one.step()
  const found = steps.map(() => ({ seconds: Array.of<number>(), peakBytes: 0 }))
  for (let round = 0; round < rounds; round++) {
    for (const [i, one] of steps.entries()) {
      const { seconds, peakBytes } = await one.step()
      found[i]?.seconds.push(seconds)
      Object.assign(found[i] ?? {}, { peakBytes })
    }
  }
  await Promise.all(steps.map((one) => one.end()))
  return found.map(({ seconds, peakBytes }, i) => ({
    seconds: median(seconds),
    peakBytes,
    opening: steps[i]?.opening ?? Number.NaN,
  }))
}

async function startSteps(command: string, args: readonly string[]): Promise<Steps> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<StepsAnswer> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ended before its answer; what it wrote stands above.`)
    return JSON.parse(value)
  }
  const { seconds } = await next()
  return {
    opening: seconds,
    step() {
      child.stdin.write('\n')
      return next()
    },
    async end() {
      child.stdin.end()
      await ended
    },
  }
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
