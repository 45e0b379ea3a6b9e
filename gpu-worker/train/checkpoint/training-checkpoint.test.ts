import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { lastCheckpoint, type TrainingCheckpoint, writeCheckpoint } from './training-checkpoint.ts'

const folder = await scratchFolder()
let made = 0
const home = () => join(folder, String(made++))

const SIZE = 5000
function checkpoint(step: number): TrainingCheckpoint {
  const vector = (k: number) =>
    Float32Array.from({ length: SIZE }, (_, i) => Math.sin(step * 1000 + k * i) * 1e-3)
  const state = {
    parameters: vector(1),
    first: vector(2),
    second: vector(3),
    updates: step,
    lossScale: 0.1 + 0.2,
  }
  return {
    step,
    config: { seed: 1, nested: { list: [1, null, 'x'] } },
    trainedOn: { model: 'ab', training_file: 'cd' },
    method: { step, at: [0.1, 1e-300] },
    roles: new Map([
      ['judge', state],
      ['generator', { ...state, updates: 0 }],
    ]),
    metricsBytes: 10 * step,
  }
}

/** Stands for an adapter. */
const save = (_: string, place: string) => writeFile(join(place, 'adapter_config.json'), '{}')
const write = (place: string, step: number, keep = 2) =>
  writeCheckpoint(place, checkpoint(step), { save, keep })
const names = async (place: string) => (await readdir(place)).sort()

test('what was kept is read back to the last bit, and older ones go', async () => {
  const place = home()
  expect(await lastCheckpoint(place)).toBeNull()
  for (const step of [1, 2, 3]) await write(place, step)
  expect(await names(place)).toEqual(['step-00000002', 'step-00000003'])
  const found = await lastCheckpoint(place)
  expect(found).toEqual({ checkpoint: checkpoint(3), folder: join(place, 'step-00000003'), refused: [] })
  expect(await names(join(place, 'step-00000003', 'judge'))).toEqual(['adapter_config.json'])
})

test('a step that is kept again takes its place', async () => {
  const place = home()
  await write(place, 1)
  await writeCheckpoint(place, { ...checkpoint(1), metricsBytes: 77 }, { save, keep: 2 })
  expect((await lastCheckpoint(place))?.checkpoint.metricsBytes).toBe(77)
  expect(await names(place)).toEqual(['step-00000001'])
})

test.for<[string, (last: string) => Promise<void>]>([
  ['cut short', (last) => truncate(join(last, 'judge.state.safetensors'), 1000)],
  ['a bit turned over', (last) => flip(join(last, 'generator.state.safetensors'), 30_000)],
  ['its description altered', (last) => flip(join(last, 'checkpoint.json'), 40)],
  ['its digests altered', (last) => flip(join(last, 'digests.json'), 30)],
  ['its digests torn', (last) => truncate(join(last, 'digests.json'), 20)],
  ['no digests', (last) => rm(join(last, 'digests.json'))],
  ['a file lost', (last) => rm(join(last, 'judge', 'adapter_config.json'))],
  ['a file more', (last) => writeFile(join(last, 'judge', 'more'), '')],
  ['emptied', (last) => rm(last, { recursive: true }).then(() => mkdir(last))],
])('%s: the one before it is taken', async ([, break_]) => {
  const place = home()
  await write(place, 1)
  await break_(await write(place, 2))
  const found = await lastCheckpoint(place)
  expect(found?.checkpoint).toEqual(checkpoint(1))
  expect(found?.refused).toEqual([
    expect.stringMatching(/^The checkpoint step-00000002 (has|holds) .*, so it is not used\.$/),
  ])
  await write(place, 2)
  expect((await lastCheckpoint(place))?.checkpoint).toEqual(checkpoint(2))
})

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(path, bytes)
}

test('where none is whole, nothing is begun anew over them', async () => {
  const place = home()
  await truncate(join(await write(place, 1), 'checkpoint.json'), 10)
  await expect(lastCheckpoint(place)).rejects.toThrow(/No checkpoint in .* is as it was written/)
})

test('a writer that fails at any point leaves what was there', async () => {
  const place = home()
  await write(place, 1)
  for (const at of ['judge', 'generator']) {
    const failing = writeCheckpoint(place, checkpoint(2), {
      save: async (role) => {
        if (role === at) throw new Error('It failed.')
      },
      keep: 1,
    })
    await expect(failing).rejects.toThrow('It failed.')
    expect(await names(place)).toEqual(['step-00000001'])
  }
  expect((await lastCheckpoint(place))?.checkpoint).toEqual(checkpoint(1))
})

test('what a killed writer left is swept', async () => {
  const place = home()
  await write(place, 1)
  await mkdir(join(place, '.partial-abc'))
  await lastCheckpoint(place)
  expect(await names(place)).toEqual(['step-00000001'])
})

/** A disk of so many KiB: null where this machine lets nobody mount one. */
async function smallDisk(kib: number): Promise<string | null> {
  const place = home()
  await mkdir(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', place], { stdio: 'ignore' })
    return place
  } catch {
    console.warn('No disk can be mounted here: a full one is not tried.')
    return null
  }
}

test('a disk that is full before the first checkpoint is not said to hold one', async () => {
  const disk = await smallDisk(60)
  if (disk === null) return
  try {
    await expect(write(disk, 1)).rejects.toThrow(
      /The disk is full .*; change that, and resume: the run begins anew, for it has no checkpoint yet\./,
    )
    expect(await lastCheckpoint(disk)).toBeNull()
  } finally {
    execFileSync('umount', [disk])
  }
})

test('a full disk leaves the last checkpoint, wherever the writing broke off', async () => {
  // One checkpoint takes 6 vectors of 20 kB; the next runs out of room in one after the other.
  for (const kib of [150, 176, 200, 216, 240, 252]) {
    const disk = await smallDisk(kib)
    if (disk === null) return
    try {
      await write(disk, 1)
      const refused = write(disk, 2)
      await expect(refused, `${kib} KiB`).rejects.toMatchObject({ code: 'storage_full' })
      await expect(refused).rejects.toThrow(
        /The disk is full .*; change that, and resume: the last checkpoint is whole\./,
      )
      expect(await names(disk)).toEqual(['step-00000001'])
      expect((await lastCheckpoint(disk))?.checkpoint).toEqual(checkpoint(1))
    } finally {
      execFileSync('umount', [disk])
    }
  }
})
