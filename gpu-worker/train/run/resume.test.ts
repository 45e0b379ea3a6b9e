import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { lastCheckpoint } from '../checkpoint/training-checkpoint.ts'
import { tinyModel } from '../testing/tiny-model.ts'

const CHILD = fileURLToPath(new URL('./testing/child.ts', import.meta.url))
const STEPS = 20
const KILLS = 3

/** Trains on in a process of its own, and kills it some milliseconds behind a step. True where it came to its end. */
async function train(
  model: string,
  run: string,
  kill: { step: number; ms: number } | null,
): Promise<boolean> {
  await mkdir(run, { recursive: true })
  const child = spawn(process.execPath, [CHILD, model, run, String(STEPS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (kill === null || Number(line) < kill.step) continue
    await setTimeout(kill.ms)
    child.kill('SIGKILL')
    break
  }
  return (await ended) === 0
}

async function outcome(run: string) {
  const found = await lastCheckpoint(join(run, 'checkpoints'))
  return {
    checkpoint: found?.checkpoint,
    metrics: await readFile(join(run, 'metrics.jsonl'), 'utf8'),
    adapter: await readFile(join(run, 'adapters', 'policy', 'adapter_model.safetensors')),
  }
}

test('a run that is killed again and again ends as one that is not, to the last bit', {
  timeout: 60_000,
}, async () => {
  const folder = await scratchFolder()
  const model = join(folder, 'model')
  await tinyModel(model, 1, ['red blue green say twice and then'])
  expect(await train(model, join(folder, 'whole'), null)).toBe(true)
  const random = seededRandom(Date.now())
  const kills = Array.from({ length: KILLS }, (_, i) => ({
    step: Math.floor(((i + random()) / KILLS) * STEPS),
    ms: Math.floor(20 * random()),
  }))
  const broken = join(folder, 'broken')
  for (const kill of kills) await train(model, broken, kill)
  expect(await train(model, broken, null)).toBe(true)

  const [whole, resumed] = [await outcome(join(folder, 'whole')), await outcome(broken)]
  expect(resumed.metrics, JSON.stringify(kills)).toBe(whole.metrics)
  expect(resumed.metrics.trim().split('\n')).toHaveLength(STEPS)
  expect(resumed.checkpoint, JSON.stringify(kills)).toEqual(whole.checkpoint)
  expect(resumed.adapter.equals(whole.adapter)).toBe(true)
})
