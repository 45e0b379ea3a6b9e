import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { dequantise } from './dequantise.ts'
import type { GgufFile } from './gguf.ts'
import { withPartialFolder } from './partial-folder.ts'
import type { OnProgress } from './progress.ts'

/** Where each tensor's float32 bytes lie in `data`, a file of `folder`. */
export type WeightStore = {
  folder: string
  data: string
  tensors: ReadonlyMap<string, { shape: number[]; offset: number; length: number }>
}

const DATA = 'weights.f32'
const INDEX = 'index.json'
/** Tensors start on a cache line, so that kernels may read them where they are mapped. */
const ALIGNMENT = 64

const index = z.object({
  bytes: z.number(),
  tensors: z.record(
    z.string(),
    z.object({ shape: z.array(z.number()), offset: z.number(), length: z.number() }),
  ),
})
type Index = z.infer<typeof index>

/**
 * The file's tensors as float32, one after the other in one file that a session maps into memory. Made once in
 * `folder`, whose name must tell the file's contents; complete or absent, whatever interrupts it.
 */
export async function storeWeights(
  file: GgufFile,
  folder: string,
  onProgress: OnProgress,
): Promise<WeightStore> {
  const known = await readIndex(folder)
  const tensors = (known ?? (await convert(file, folder, onProgress))).tensors
  return { folder, data: DATA, tensors: new Map(Object.entries(tensors)) }
}

/** Null for a store that is missing, cut short or of another form: it is made again. */
async function readIndex(folder: string): Promise<Index | null> {
  try {
    const parsed = index.parse(JSON.parse(await readFile(join(folder, INDEX), 'utf8')))
    const data = await stat(join(folder, DATA))
    return parsed.bytes === data.size ? parsed : null
  } catch {
    return null
  }
}

function convert(file: GgufFile, folder: string, onProgress: OnProgress): Promise<Index> {
  return withPartialFolder(dirname(folder), async (partial) => {
    const made = await writeTensors(file, join(partial, DATA), onProgress)
    await writeFile(join(partial, INDEX), JSON.stringify(made))
    await publish(partial, folder)
    return made
  })
}

async function writeTensors(file: GgufFile, path: string, onProgress: OnProgress): Promise<Index> {
  const tensors: Index['tensors'] = {}
  const total = file.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0)
  let end = 0
  let done = 0
  await using source = await open(file.path, 'r')
  await using target = await open(path, 'w')
  for (const tensor of file.tensors) {
    const bytes = new Uint8Array(tensor.bytes)
    await source.read(bytes, 0, tensor.bytes, tensor.offset)
    const values = dequantise(bytes, tensor.encoding)
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT
    await target.write(new Uint8Array(values.buffer), 0, values.byteLength, offset)
    tensors[tensor.name] = { shape: tensor.shape, offset, length: values.byteLength }
    end = offset + values.byteLength
    done += tensor.bytes
    onProgress({ phase: 'convert', done, total })
  }
  return { bytes: end, tensors }
}

/** Moves the finished folder into place. Another process may have done the same: its result is as good. */
async function publish(partial: string, folder: string): Promise<void> {
  await rename(partial, folder).catch(async (cause) => {
    if (await readIndex(folder)) return
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder).catch(() => {
      throw cause
    })
  })
}
