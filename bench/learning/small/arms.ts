import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { lastCheckpoint, writeCheckpoint } from '../../../gpu-worker/train/checkpoint/training-checkpoint.ts'
import type { Ground } from '../../../gpu-worker/train/ground.ts'
import type { Json, StepReport, TrainingMethod } from '../../../gpu-worker/train/method.ts'
import { openRubricArm } from '../../../gpu-worker/train/rubric-arm/open-rubric-arm.ts'
import { type RunResult, runTraining } from '../../../gpu-worker/train/run/run-training.ts'
import { restoreMoment } from '../../../gpu-worker/train/run/snapshot.ts'
import { sha256 } from '../../../shared/identity/hash.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { readLabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import type { TrainingLine } from './data.ts'
import type { Sizes } from './sizes.ts'

/** What is held against each other beside the untrained model; both ways of RL begin where the warm-up ends. */
export const ARMS = ['warm_up', 'judge_only', 'alternation'] as const
export type Arm = (typeof ARMS)[number]

const WARM_UP_BATCH = 8

export type ArmRun = {
  ground: Ground
  arm: Arm
  /** Of all arms of a seed. */
  folder: string
  lines: readonly TrainingLine[]
  sizes: Sizes
  seed: number
  onStep: (report: StepReport, total: number) => void
  /** Its abort leaves the run before its next step, to be taken up again. */
  pause: AbortSignal
}

/** Runs an arm from where it was left. Its adapters then lie in `adapters`, a folder for each role. */
export async function runArm(run: ArmRun): Promise<RunResult['outcome']> {
  const { ground, arm, folder, lines, sizes, seed } = run
  const home = join(folder, arm)
  const scratch = join(home, 'scratch')
  await mkdir(scratch, { recursive: true })
  const config = settingsOf(arm, sizes, seed)
  const opened = await openRubricArm({
    ...{ ground, scratch, settings: parseWith(rubricArmSettings, config) },
    pairs: lines.map(readLabelledPair),
  })
  const trainedOn = { lines: await sha256(JSON.stringify(lines)), model: ground.info.digest }
  const checkpoints = join(home, 'checkpoints')
  if (arm !== 'warm_up' && (await lastCheckpoint(checkpoints)) === null) {
    const begun = await lastCheckpoint(join(folder, 'warm_up', 'checkpoints'))
    if (begun === null) throw new Error('The warm-up comes first.')
    await restoreMoment(opened.method, begun.checkpoint)
    const save = async (role: string, place: string) => opened.method.roles.get(role)?.save(place)
    const checkpoint = { ...begun.checkpoint, config, trainedOn, metricsBytes: 0 }
    await writeCheckpoint(checkpoints, checkpoint, { keep: 1, save })
  }
  const method = arm === 'warm_up' ? endingAt(opened.method, warmUpSteps(lines)) : opened.method
  try {
    const { outcome } = await runTraining({
      ...{ folder: home, method, config, trainedOn, checkpointEvery: 1, keepCheckpoints: 1 },
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

function settingsOf(arm: Arm, { parts, steps }: Sizes, seed: number): { [field: string]: Json } {
  // The divergence would take a forward pass of its own and, at its weight of 0.001, changes next to nothing here.
  const role = { steps, prompts: 8, group_size: 6, kl: 0 }
  const warmUp = { epochs: 1, batch_size: WARM_UP_BATCH, learning_rate: 1e-3 }
  return {
    ...{ recipe: 'small', seed, parts, max_tokens: 640, batch_tokens: 4096 },
    order: arm === 'judge_only' ? 'judge_only' : 'judge_first',
    optimiser: { learning_rate: 3e-4 },
    ...{ judge: role, generator: role, warm_up: { judge: warmUp, generator: warmUp } },
  }
}

/** Updates on the oracle's judgments and rubrics. */
function warmUpSteps(lines: readonly TrainingLine[]): number {
  const judgments = lines.filter(({ trajectory }) => trajectory !== undefined).length
  const rubrics = new Set(lines.flatMap(({ prompt, rubric }) => (rubric === undefined ? [] : prompt))).size
  return Math.ceil(judgments / WARM_UP_BATCH) + Math.ceil(rubrics / WARM_UP_BATCH)
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
