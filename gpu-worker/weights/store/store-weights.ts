import { createHash } from 'node:crypto'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { withPartialFolder } from '../partial-folder.ts'
import type { OnProgress } from '../progress.ts'
import { openFiles, partTensor } from './part-rows.ts'
import type { PlannedWeight, Precision } from './plan.ts'
import { type StoreLayout, storeLayout } from './store-layout.ts'
import type { WeightStore } from './weight-store.ts'
import { writeWeight } from './write-weight.ts'

/** Raised when the same plan is stored in other bytes than before. */
const STORE_VERSION = 1
const DATA = 'weights.bin'
const INDEX = 'index.json'

const index = z.object({ bytes: z.number() })

/**
 * The weights of a plan in one file that sessions map into memory. `folder` is the checkpoint's own, named by its
 * digest; each precision and plan is made once in a folder within, complete or absent whatever interrupts it.
 * Throws the signal's reason, or `not_configured` for a full disk and a checkpoint that lacks what is planned.
 */
export async function storeWeights(
  checkpoint: Checkpoint,
  plan: readonly PlannedWeight[],
  precision: Precision,
  folder: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<WeightStore> {
  checkShapes(checkpoint, plan)
  const layout = storeLayout(checkpoint, plan, precision)
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([STORE_VERSION, precision, plan]))
    .digest('hex')
  const place = join(folder, `${precision}-${fingerprint.slice(0, 16)}`)
  if (!(await isWhole(place, layout))) {
    await withPartialFolder(folder, async (partial) => {
      await writeData(checkpoint, layout, join(partial, DATA), onProgress, signal)
      await writeFile(join(partial, INDEX), JSON.stringify({ bytes: layout.bytes }))
      await publish(partial, place, layout)
    })
  }
  return { path: join(place, DATA), precision, weights: layout.weights }
}

/** A plan and a checkpoint determine the layout: the folder need only say that it is whole. */
async function isWhole(place: string, layout: StoreLayout): Promise<boolean> {
  try {
    const { bytes } = index.parse(JSON.parse(await readFile(join(place, INDEX), 'utf8')))
    return bytes === layout.bytes && bytes === (await stat(join(place, DATA))).size
  } catch {
    return false
  }
}

function checkShapes(checkpoint: Checkpoint, plan: readonly PlannedWeight[]): void {
  for (const { name, shape, parts } of plan) {
    const tensors = parts.map((part) => partTensor(checkpoint, part))
    const [, ...columns] = shape
    const fits = tensors.every(({ shape: [, ...own] }) => own.join() === columns.join())
    const rows = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] ?? 0), 0)
    if (fits && rows === shape[0]) continue
    const found = tensors.map((tensor) => `[${tensor.shape}]`).join(' and ')
    throw new PlumblineError(
      'not_configured',
      `${checkpoint.path} holds ${found} where the model's sizes want [${shape}] for ${name}; fetch it again.`,
    )
  }
}

async function writeData(
  checkpoint: Checkpoint,
  layout: StoreLayout,
  path: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  await using files = openFiles()
  await using target = await open(path, 'w')
  let done = 0
  await target.truncate(layout.bytes)
  for (const { weight, stored } of layout.write) {
    for await (const bytes of writeWeight(checkpoint, weight, stored, files, target)) {
      signal?.throwIfAborted()
      done += bytes
      onProgress({ phase: 'convert', done, total: layout.bytes })
    }
  }
  // Its index must not outlive it when the machine loses power.
  await target.datasync()
}

/** Moves the finished folder into place. Another process may have done the same: its result is as good. */
async function publish(partial: string, place: string, layout: StoreLayout): Promise<void> {
  await rename(partial, place).catch(async (cause) => {
    if (await isWhole(place, layout)) return
    await rm(place, { recursive: true, force: true })
    await rename(partial, place).catch(() => {
      throw cause
    })
  })
}
