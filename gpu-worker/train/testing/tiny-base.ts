import { join } from 'node:path'
import type { Message } from '../../../shared/protocol/message.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { supervisedSettings } from '../../../shared/protocol/training/supervised.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { type Ground, openGround } from '../ground.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { openSupervised } from '../supervised/supervised.ts'
import { type Teacher, teachings } from './tiny-arm.ts'
import { REQUESTS } from './tiny-language.ts'
import { demonstrations } from './tiny-lines.ts'
import { tinyModel } from './tiny-model.ts'

const BATCH = 48
/** Updates by a teacher who is right, and then by one who is not. */
const SCHOOL = { updates: 420, rate: 4e-3, right: { word: 1, rubric: 1, judge: 1, hasty: 0 } }
const MISLEADING = { updates: 50, rate: 1e-3, right: { word: 0.45, rubric: 0.42, judge: 0.42, hasty: 0 } }
type Lessons = { updates: number; rate: number; right: Teacher & { word: number } }

/**
 * A folder with a model of the tiny language, trained from random weights: it learnt what is right and was then misled, so
 * that in each task something wrong is about as likely, and every way of training has something to learn.
 */
export async function tinyBase(
  folder: string,
  { seed = 1, hasty = 0 }: { seed?: number; hasty?: number } = {},
): Promise<string> {
  const [random, schooled, base] = [join(folder, 'random'), join(folder, 'schooled'), join(folder, 'base')]
  await randomTinyModel(random, seed)
  await teach(random, schooled, SCHOOL, seed)
  await teach(schooled, base, { ...MISLEADING, right: { ...MISLEADING.right, hasty } }, seed)
  return base
}

/** Writes a model of random weights whose tokens are the words of the language. */
export async function randomTinyModel(folder: string, seed: number): Promise<void> {
  const all = await conversations(600, SCHOOL.right, 0)
  await tinyModel(
    folder,
    seed,
    all.flatMap(({ messages }) => messages.map(({ content }) => content)),
  )
}

export function openTinyGround(folder: string): Promise<Ground> {
  const options = { reference: `file:${folder}`, home: join(folder, 'home'), threads: 2 }
  return openGround(options, () => {}, new AbortController().signal)
}

/** All steps of a run. */
export async function toEnd(method: TrainingMethod): Promise<StepReport[]> {
  const reports: StepReport[] = []
  const { signal } = new AbortController()
  for (let report = await method.step(signal); report; report = await method.step(signal))
    reports.push(report)
  return reports
}

/** Trains all weights of a model and writes it to another folder. */
async function teach(
  from: string,
  to: string,
  { updates, rate, right }: Lessons,
  seed: number,
): Promise<void> {
  const ground = await openTinyGround(from)
  const settings = parseWith(supervisedSettings, {
    full: true,
    batch_size: BATCH,
    optimiser: { learning_rate: rate, betas: [0.9, 0.98] },
    schedule: { kind: 'linear', warmup: 10 },
    seed,
  })
  const { method } = await openSupervised({
    settings,
    role: 'base',
    openTrainer: (totalUpdates) => ground.openTrainer({ settings, seed, totalUpdates }),
    writing: ground.sampler,
    examples: await conversations(updates * BATCH, right, derivedSeed(seed, updates)),
  })
  await toEnd(method)
  for (const trainer of method.roles.values()) {
    await trainer.save(to)
    trainer.dispose()
  }
  await ground.dispose()
}

/** A quarter each of responses and rubrics, half judgments. */
async function conversations(
  count: number,
  right: Lessons['right'],
  seed: number,
): Promise<{ messages: Message[] }[]> {
  const responses = demonstrations(REQUESTS, Math.ceil(count / 4), right.word, seed)
  return [...responses, ...(await teachings(REQUESTS, count - responses.length, right, seed))]
}
