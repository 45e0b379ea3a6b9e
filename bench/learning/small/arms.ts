import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { lastCheckpoint } from '../../../gpu-worker/train/checkpoint/training-checkpoint.ts'
import type { Ground } from '../../../gpu-worker/train/ground.ts'
import type { Json, StepReport, TrainingMethod } from '../../../gpu-worker/train/method.ts'
import { openRubricArm } from '../../../gpu-worker/train/rubric-arm/open-rubric-arm.ts'
import { type RunResult, runTraining } from '../../../gpu-worker/train/run/run-training.ts'
import { sha256 } from '../../../shared/identity/hash.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { readLabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import type { TrainingLine } from './data.ts'
import type { Sizes } from './sizes.ts'

/**
 * Updates of the generator are few, so that what it writes can be read and is right often but not always: one that has learnt
 * all of its 100 rubrics writes the same ones for everything, and no group of them has any variance.
 */
const TAUGHT_BATCH = { judge: 8, generator: 20 }
/** Of its judgments, the share after which the judge is taught no more, before it is sure of everything, right or wrong. */
const JUDGED_SHARE = 0.8

export type ArmRun = {
  ground: Ground
  /** Of the arm; it can be taken up again from there. */
  folder: string
  lines: readonly TrainingLine[]
  does: Does
  sizes: Pick<Sizes, 'parts' | 'steps'>
  seed: number
  onStep: (report: StepReport, total: number) => void
  /** Its abort leaves the run before its next step. */
  pause: AbortSignal
}

/** Teaches a role, or RL in an order: from where the run in another folder ended, or from the model as it is. */
export type Does =
  | { teach: 'judge' | 'generator'; from: string | null }
  | { order: 'judge_only' | 'judge_first'; from: string }

/** Runs an arm from where it was left. Its adapters then lie in `adapters`, a folder for each role. */
export async function runArm(run: ArmRun): Promise<RunResult['outcome']> {
  const { ground, folder, lines, does, sizes, seed } = run
  const scratch = join(folder, 'scratch')
  await mkdir(scratch, { recursive: true })
  const config = settingsOf(does, sizes, seed)
  const opened = await openRubricArm({
    ...{ ground, scratch, settings: parseWith(rubricArmSettings, config) },
    pairs: lines.map(readLabelledPair),
  })
  const trainedOn = { lines: await sha256(JSON.stringify(lines)), model: ground.info.digest }
  if (does.from !== null) await beginWith(opened.method, does.from)
  const method = 'teach' in does ? endingAt(opened.method, stepsTeaching(does.teach, lines)) : opened.method
  try {
    const { outcome } = await runTraining({
      ...{ folder, method, config, trainedOn, checkpointEvery: 20, keepCheckpoints: 1 },
      ...{ pause: run.pause, cancel: new AbortController().signal },
      onEvent: (event) => {
        if (event.kind === 'step') run.onStep(event.report, method.total)
      },
    })
    return outcome
  } finally {
    opened.method.dispose()
  }
}

/** Gives each role the parameters with which another run ended. Its optimiser begins anew, as after any warm-up. */
async function beginWith({ roles }: TrainingMethod, folder: string): Promise<void> {
  const begun = await lastCheckpoint(join(folder, 'checkpoints'))
  for (const [role, trainer] of roles) {
    const parameters = begun?.checkpoint.roles.get(role)?.parameters
    if (!parameters) throw new Error(`${folder} has no run that ended: it comes first.`)
    trainer.restore({ ...trainer.state(), parameters })
  }
}

function settingsOf(
  does: ArmRun['does'],
  { parts, steps }: ArmRun['sizes'],
  seed: number,
): { [field: string]: Json } {
  const common = {
    recipe: 'small',
    form: 'blind',
    seed,
    parts,
    max_tokens: 384,
    batch_tokens: 1024,
    lora: { rank: 16, alpha: 32 },
  }
  const none = { epochs: 0 }
  if ('teach' in does) {
    const once = { epochs: 1, learning_rate: 2e-3, batch_size: TAUGHT_BATCH[does.teach] }
    // What is better by one rubric is worse by the other, in one batch: what is left of the gradient is to read them.
    const judge = does.teach === 'judge' ? { ...once, shuffle: false } : none
    return { ...common, warm_up: { judge, generator: does.teach === 'generator' ? once : none } }
  }
  // The divergence would take a forward pass of its own and, at its weight of 0.001, changes next to nothing here.
  const role = { steps, prompts: 12, group_size: 4, kl: 0 }
  return {
    ...{ ...common, order: does.order, optimiser: { learning_rate: 3e-4 } },
    ...{ judge: role, generator: role, warm_up: { judge: none, generator: none } },
  }
}

/** Updates on the oracle's judgments or rubrics. */
function stepsTeaching(role: 'judge' | 'generator', lines: readonly TrainingLine[]): number {
  const rubrics = new Set(lines.map(({ prompt }) => prompt)).size
  const lessons = role === 'judge' ? JUDGED_SHARE * lines.length : rubrics
  return Math.ceil(lessons / TAUGHT_BATCH[role])
}

const made = z.object({ made: z.int() })

/** A method's first steps. */
function endingAt(method: TrainingMethod, total: number): TrainingMethod {
  return {
    get roles() {
      return method.roles
    },
    total,
    step: async (signal) => (made.parse(method.state()).made < total ? method.step(signal) : null),
    state: () => method.state(),
    restore: (state) => method.restore(state),
  }
}
