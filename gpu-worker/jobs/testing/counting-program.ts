import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { TrainingProgram } from '../training.ts'

/** How the program is to behave. */
export type CountingSettings = {
  steps: number
  /** Of each step. */
  milliseconds: number
  /** Throws after this step, an error of ours. */
  failsAt?: number
  /** Ends its thread on the spot after this step, so often in all. */
  diesAt?: { step: number; times: number }
}

/** Of each step. */
const TOKENS = 10

/** A training program that counts instead: a checkpoint after every other step, and an adapter of two empty files. */
export function openProgram(settings: CountingSettings): TrainingProgram {
  return async ({ folder, method }, tell, { pause, cancel }) => {
    const path = join(folder, 'count.json')
    const kept: { step: number; deaths: number } = existsSync(path)
      ? JSON.parse(readFileSync(path, 'utf8'))
      : { step: 0, deaths: 0 }
    const keep = () => writeFileSync(path, JSON.stringify(kept))
    const { steps, milliseconds, failsAt, diesAt } = settings
    let { step } = kept
    tell({ kind: 'begun', step, steps, tokens: TOKENS * step })
    while (step < steps) {
      await sleep(milliseconds)
      if (cancel.aborted) return { kind: 'cancelled' }
      step++
      const metrics = { loss: 1 / step, accuracy: null }
      const seconds = { rollout: 0, reward: 0, update: milliseconds / 1000 }
      const report = { step, phase: method.type, metrics, samples: [], seconds }
      tell({ kind: 'step', report, steps, tokens: TOKENS })
      if (step === failsAt)
        throw new PlumblineError('internal', 'The loss was no number at step 3: lower the learning rate.')
      if (step === diesAt?.step && kept.deaths < diesAt.times) {
        kept.deaths++
        keep()
        process.exit(9)
      }
      if (step % 2 === 0 || pause.aborted) {
        kept.step = step
        keep()
        tell({
          kind: 'checkpoint',
          step,
          adapters: { policy: writeAdapter(join(folder, 'checkpoints', `${step}`)) },
        })
      }
      if (pause.aborted) return { kind: 'paused' }
    }
    return { kind: 'finished', adapters: { policy: writeAdapter(join(folder, 'adapters')) } }
  }
}

function writeAdapter(folder: string): string {
  mkdirSync(folder, { recursive: true })
  for (const file of ['adapter_config.json', 'adapter_model.safetensors'])
    writeFileSync(join(folder, file), '')
  return folder
}
