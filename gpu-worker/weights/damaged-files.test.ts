import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import { writeFiles } from './testing/model-files.ts'
import { scratchFolder } from './testing/scratch-folder.ts'
import { GGUF, WHOLE } from './testing/small-models.ts'

const folder = await scratchFolder()

/** Deterministic, so that what fails once fails again. */
function damaged(bytes: Buffer, seed: number): Buffer {
  let state = seed * 2654435761 + 1
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const out = Buffer.from(bytes)
  for (let flips = 1 + random(4); flips > 0; flips--) out[random(out.length)] = random(256)
  return random(3) === 0 ? out.subarray(0, random(out.length)) : out
}

const wholeOrRefused = (reading: Promise<Checkpoint>) =>
  reading.then(
    (checkpoint) => {
      try {
        return typeof checkpoint.tokenizer === 'object'
      } catch (error) {
        return PlumblineError.isInstance(error)
      }
    },
    (error) => PlumblineError.isInstance(error) || `${error}`,
  )

test('a damaged file is read or refused, and nothing else', async () => {
  const path = await writeFiles(join(folder, 'model'), WHOLE)
  const outcomes = new Set<unknown>()
  for (let seed = 0; seed < 400; seed++) {
    await writeFile(join(path, 'model.safetensors'), damaged(WHOLE['model.safetensors'], seed))
    outcomes.add(await wholeOrRefused(readCheckpoint({ path })))
    await writeFile(join(path, 'm.gguf'), damaged(GGUF, seed))
    outcomes.add(await wholeOrRefused(readCheckpoint({ path: join(path, 'm.gguf') })))
  }
  expect([...outcomes]).toEqual([true])
}, 60_000)
