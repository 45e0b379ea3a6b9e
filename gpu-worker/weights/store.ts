import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
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
 * Throws the signal's reason between two tensors.
 */
export async function storeWeights(
  file: GgufFile,
  folder: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<WeightStore> {
  const known = await readIndex(folder)
  const tensors = (known ?? (await convert(file, folder, onProgress, signal))).tensors
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

function convert(
  file: GgufFile,
  folder: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Index> {
  return withPartialFolder(dirname(folder), async (partial) => {
    const made = await writeTensors(file, join(partial, DATA), onProgress, signal)
    await writeFile(join(partial, INDEX), JSON.stringify(made))
    await publish(partial, folder)
    return made
  })
}

async function writeTensors(
  file: GgufFile,
  path: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Index> {
  const tensors: Index['tensors'] = {}
  const total = file.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0)
  let end = 0
  let done = 0
  await using source = await open(file.path, 'r')
  await using target = await open(path, 'w')
  for (const tensor of file.tensors) {
    signal?.throwIfAborted()
    const bytes = await readAll(source, tensor.offset, tensor.bytes, file.path)
    const values = dequantise(bytes, tensor.encoding)
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT
    await writeAll(target, new Uint8Array(values.buffer), offset)
    tensors[tensor.name] = { shape: tensor.shape, offset, length: values.byteLength }
    end = offset + values.byteLength
    done += tensor.bytes
    onProgress({ phase: 'convert', done, total })
  }
  return { bytes: end, tensors }
}

/** One call may read less than all: at most 2 GiB, or up to the end of a file that has become shorter. */
async function readAll(
  source: FileHandle,
  offset: number,
  length: number,
  path: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await source.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) {
      throw new PlumblineError('not_configured', `${path} became shorter while it was read; fetch it again.`)
    }
    done += bytesRead
  }
  return bytes
}

/** One call may write less than all: at most 2 GiB, or what the disk still has room for. */
async function writeAll(target: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await target.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
  }
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
