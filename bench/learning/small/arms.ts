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
const WARM_UP_BATCH = { judge: 8, generator: 20 }
/** Of its judgments, the share after which the judge's warm-up ends, before it is sure of everything, right or wrong. */
const JUDGED_SHARE = 0.75

export type ArmRun = {
  ground: Ground
  /** Of the arm; it can be taken up again from there. */
  folder: string
  lines: readonly TrainingLine[]
  /** The warm-up alone, or RL in this order from where the run in another folder ended. */
  does: 'warm_up' | { order: 'judge_only' | 'judge_first'; from: string }
  sizes: Pick<Sizes, 'parts' | 'steps'>
  seed: number
  onStep: (report: StepReport, total: number) => void
  /** Its abort leaves the run before its next step. */
  pause: AbortSignal
}

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
  if (does !== 'warm_up') await beginWith(opened.method, does.from)
  const method = does === 'warm_up' ? endingAt(opened.method, warmUpSteps(lines)) : opened.method
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
    seed,
    parts,
    max_tokens: 384,
    batch_tokens: 1024,
    lora: { rank: 16, alpha: 32 },
  }
  if (does === 'warm_up') {
    const warmUp = { epochs: 1, learning_rate: 2e-3 }
    // Both orders of a pair in one batch: what is left of the gradient is what tells its responses apart.
    return {
      ...common,
      warm_up: {
        judge: { ...warmUp, batch_size: WARM_UP_BATCH.judge, shuffle: false },
        generator: { ...warmUp, batch_size: WARM_UP_BATCH.generator },
      },
    }
  }
  // The divergence would take a forward pass of its own and, at its weight of 0.001, changes next to nothing here.
  const role = { steps, prompts: 12, group_size: 4, kl: 0 }
  return {
    ...{ ...common, order: does.order, optimiser: { learning_rate: 3e-4 } },
    ...{ judge: role, generator: role, warm_up: { judge: { epochs: 0 }, generator: { epochs: 0 } } },
  }
}

/** Updates on the oracle's judgments and rubrics. */
function warmUpSteps(lines: readonly TrainingLine[]): number {
  const judgments = lines.filter(({ trajectory }) => trajectory !== undefined).length
  const rubrics = new Set(lines.flatMap(({ prompt, rubric }) => (rubric === undefined ? [] : prompt))).size
  return (
    Math.ceil((JUDGED_SHARE * judgments) / WARM_UP_BATCH.judge) + Math.ceil(rubrics / WARM_UP_BATCH.generator)
  )
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
