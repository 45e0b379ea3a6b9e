import { join } from 'node:path'
import { READERS } from '../../shared/protocol/training/methods.ts'
import type { RewardContext } from '../../shared/reward/method.ts'
import { openArlRr } from '../train/arl-rr/open-arl-rr.ts'
import { openDpo } from '../train/dpo/dpo.ts'
import type { Ground } from '../train/ground.ts'
import { openRewarding } from '../train/judging/rewarding.ts'
import type { ServiceAddress } from '../train/judging/service-call.ts'
import type { TrainingMethod } from '../train/method.ts'
import { openPairwise } from '../train/pairwise/open-pairwise.ts'
import { openRecorded } from '../train/recorded/recorded.ts'
import { openRubricArm } from '../train/rubric-arm/open-rubric-arm.ts'
import { openSupervised } from '../train/supervised/supervised.ts'
import { readExamples } from './read-examples.ts'
import { teachPairs } from './teaching/teach-pairs.ts'
import type { TrainingNews, TrainingOrder, TrainingWishes } from './training.ts'

/** What methods stand on, and are rewarded by. */
export type MethodSurroundings = {
  ground: Ground
  service: ServiceAddress | null
  sandbox: NonNullable<RewardContext['sandbox']>
  /** The folder of an adapter that a job names. */
  adapterFolder(name: string): Promise<string>
  /** The run that it is opened for: some methods have much to do before the first step. */
  run: TrainingWishes & { tell(news: TrainingNews): void }
}

/** The role of methods that train one model. */
const ROLE = 'policy'

/** The method of a job on its data, and what it leaves out of that, a sentence each. */
export async function openMethod(
  { folder, method, validation }: TrainingOrder,
  { ground, service, sandbox, adapterFolder, run }: MethodSurroundings,
): Promise<{ method: TrainingMethod; leftOut: string[] }> {
  const path = join(folder, 'training.jsonl')
  const heldOut = join(folder, 'validation.jsonl')
  const scratch = join(folder, 'scratch')
  const writing = ground.sampler
  const placed = async <Settings extends { adapter: string | null }>(settings: Settings) => ({
    ...settings,
    adapter: settings.adapter === null ? null : await adapterFolder(settings.adapter),
  })
  switch (method.type) {
    case 'supervised': {
      const settings = await placed(method.supervised.hyperparameters)
      const read = (file: string) => readExamples(READERS.supervised, file)
      const opened = await openSupervised({
        ...{ settings, writing, role: ROLE, examples: read(path) },
        validation: validation ? read(heldOut) : [],
        openTrainer: (totalUpdates) =>
          ground.openTrainer({ settings, seed: settings.seed, totalUpdates, adapter: settings.adapter }),
      })
      return { method: opened.method, leftOut: tooLong(opened.tooLong) }
    }
    case 'dpo': {
      const settings = await placed(method.dpo.hyperparameters)
      const read = (file: string) => readExamples(READERS.dpo, file)
      const opened = await openDpo({
        ...{ settings, writing, role: ROLE, examples: read(path) },
        validation: validation ? read(heldOut) : [],
        openTrainer: (totalUpdates) =>
          ground.openTrainer({ settings, seed: settings.seed, totalUpdates, adapter: settings.adapter }),
      })
      const { tooLong: long, equal } = opened.leftOut
      return { method: opened.method, leftOut: [...tooLong(long), ...equalPairs(equal)] }
    }
    case 'rubric_arm': {
      const settings = method.rubric_arm.hyperparameters
      const pairs = readExamples(READERS.rubric_arm, path)
      const { teacher } = settings.warm_up
      const opened = await openRubricArm({
        ...{ ground, settings, pairs, scratch },
        ...(teacher && {
          teach: (fit) => teachPairs({ ...run, folder, settings, teacher, service }, pairs, fit),
        }),
      })
      const { equal, warmUp, ...long } = opened.leftOut
      return {
        method: opened.method,
        leftOut: [
          ...tooLong(long.tooLong),
          ...equalPairs(equal),
          ...sentence(warmUp.judge, 'judgments of the warm-up are wrong, malformed or too long'),
          ...sentence(warmUp.generator, 'rubrics of the warm-up are malformed or too long'),
        ],
      }
    }
    case 'arl_rr': {
      const settings = await placed(method.arl_rr.hyperparameters)
      const read = (file: string) => readExamples(READERS.arl_rr, file)
      const rewarding = openRewarding(settings.judge, { ground, service, sandbox })
      const opened = await openArlRr({
        ...{ ground, settings, scratch, rewarding, examples: read(path) },
        validation: validation ? read(heldOut) : [],
      })
      return { method: opened.method, leftOut: tooLong(opened.tooLong) }
    }
    case 'pairwise': {
      const settings = await placed(method.pairwise.hyperparameters)
      const rewarding = openRewarding(settings.judge, { ground, service, sandbox })
      const examples = readExamples(READERS.pairwise, path)
      const opened = await openPairwise({ ground, settings, scratch, rewarding, examples })
      return { method: opened.method, leftOut: tooLong(opened.tooLong) }
    }
    case 'recorded': {
      const settings = await placed(method.recorded.hyperparameters)
      const read = (file: string) => readExamples(READERS.recorded, file)
      const opened = await openRecorded({
        ...{ settings, writing, role: ROLE, examples: read(path) },
        validation: validation ? read(heldOut) : [],
        openTrainer: (totalUpdates) =>
          ground.openTrainer({ settings, seed: settings.seed, totalUpdates, adapter: settings.adapter }),
      })
      return { method: opened.method, leftOut: tooLong(opened.tooLong) }
    }
  }
}

const tooLong = (count: number) => sentence(count, 'examples are longer than max_tokens')

const equalPairs = (count: number) => sentence(count, 'pairs have equal responses')

function sentence(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}: left out.`]
}
