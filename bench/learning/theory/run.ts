import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openTinyGround, tinyBase } from '../../../gpu-worker/train/testing/tiny-base.ts'
import { trainingSettings } from '../../../shared/protocol/training/training.ts'
import { type AblationResult, runAblations } from './ablations.ts'
import { theoryMarkdown, theoryReport } from './report.ts'
import { type PairVariance, pairVariances } from './variance.ts'

/**
 * `npm run bench:theory`: what Rubric-ARM's theory says of gradients (systems.md 1.6), measured on tiny models, and its
 * ablations on them, a base from nothing for each seed.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.plumbline/learning/theory' },
    seeds: { type: 'string', default: '5' },
    pairs: { type: 'string', default: '12' },
    samples: { type: 'string', default: '64' },
    steps: { type: 'string', default: '6' },
  },
})
/** How often the teacher of the bases answers out of form: there has to be a form to be kept. */
const HASTY = 0.35

const variances: PairVariance[][] = []
const ablations: AblationResult[][] = []
const scratch = await mkdtemp(join(tmpdir(), 'plumbline-theory-'))
try {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const base = await tinyBase(join(scratch, `${seed}`), { seed, hasty: HASTY })
    variances.push(await measuredVariances(base, seed))
    ablations.push(await runAblations(base, join(scratch, `${seed}`, 'runs'), seed, Number(values.steps)))
    console.log(JSON.stringify({ seed, ablations: ablations.at(-1) }))
  }
} finally {
  await rm(scratch, { recursive: true })
}
const report = theoryReport(variances, ablations)
await mkdir(values.folder, { recursive: true })
await writeFile(join(values.folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
await writeFile(join(values.folder, 'report.md'), theoryMarkdown(report))
console.log(theoryMarkdown(report))

/** Over all weights of the base. */
async function measuredVariances(base: string, seed: number): Promise<PairVariance[]> {
  const ground = await openTinyGround(base)
  const trainer = await ground.openTrainer({
    ...{ settings: trainingSettings.parse({ full: true }), seed, totalUpdates: null },
  })
  const found = await pairVariances(ground, trainer, {
    ...{ pairs: Number(values.pairs), samples: Number(values.samples), seed },
  })
  trainer.dispose()
  await ground.dispose()
  return found
}
