import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LORA_SITES, type LoraSite } from '../nn/ports.ts'
import { type AdapterConfig, parseAdapterConfig, refuseAdapter } from './adapter-config.ts'
import type { CheckpointTensor } from './checkpoint.ts'
import { sha256OfFile } from './digest.ts'
import { dequantise } from './encoding/dequantise.ts'
import { readBytes } from './file-bytes.ts'
import { readSafetensors } from './safetensors/safetensors.ts'

/** The two matrices beside a linear layer, row by row: a [rank, in], b [out, rank]. */
export type AdapterMatrices = { a: Float32Array; b: Float32Array }

/** A LoRA adapter: a layer's output gets `scaling * x A^T B^T` added. */
export type Adapter = {
  /** The largest rank of its layers; matrices of a smaller one are filled up with zeros. */
  rank: number
  scaling: number
  /** SHA-256 over its settings and weights. */
  digest: string
  /** By `${layer}.${site}`. */
  matrices: ReadonlyMap<`${number}.${LoraSite}`, AdapterMatrices>
}

export const ADAPTER_CONFIG = 'adapter_config.json'
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors'
const NAME = new RegExp(
  `^base_model\\.model\\.((?:.*\\.)?layers\\.(\\d+)\\.(?:self_attn|mlp)\\.(${LORA_SITES.join('|')}))` +
    '\\.lora_([AB])(?:\\.default)?\\.weight$',
)

/** Where one of an adapter's tensors belongs. */
type Place = { key: `${number}.${LoraSite}`; module: string; side: 'A' | 'B' }
type Pair = { module: string; A?: CheckpointTensor; B?: CheckpointTensor }

/**
 * Reads an adapter as PEFT saves it. Throws `invalid_request` for a folder that holds none, for kinds that change
 * more than linear layers' products, and for matrices that don't belong together.
 */
export async function readAdapter(folder: string): Promise<Adapter> {
  const [configPath, weightsPath] = [join(folder, ADAPTER_CONFIG), join(folder, ADAPTER_WEIGHTS)]
  const config = parseAdapterConfig(configPath, await readJson(configPath))
  const tensors = await readSafetensors(weightsPath).catch((cause) => {
    throw PlumblineError.isInstance(cause)
      ? new PlumblineError('invalid_request', cause.message, { cause })
      : cause
  })
  const pairs = pairUp(weightsPath, tensors)
  const ranks = [...pairs.values()].map(({ A }) => A?.shape[0] ?? 0)
  const rank = Math.max(...ranks)
  const scaling = Math.max(
    ...[...pairs.values()].map(({ module, A }) => config.scaling(module, A?.shape[0] ?? 0)),
  )
  const matrices = new Map<`${number}.${LoraSite}`, AdapterMatrices>()
  for (const [key, pair] of pairs) {
    matrices.set(key, await readPair(weightsPath, pair, config, rank, scaling))
  }
  const digests = await Promise.all([configPath, weightsPath].map((path) => sha256OfFile(path)))
  return { rank, scaling, digest: createHash('sha256').update(digests.join()).digest('hex'), matrices }
}

function pairUp(path: string, tensors: ReadonlyMap<string, CheckpointTensor>): Map<Place['key'], Pair> {
  const pairs = new Map<Place['key'], Pair>()
  for (const [name, tensor] of tensors) {
    const place = placeOf(name)
    if (!place) {
      const sites = LORA_SITES.join(', ')
      throw refuseAdapter(
        path,
        `holds ${name}, which is no LoRA matrix of ${sites}; train an adapter of those alone`,
      )
    }
    const pair = pairs.get(place.key) ?? { module: place.module }
    if (pair[place.side]) throw refuseAdapter(path, `holds two matrices for ${name}; save the adapter again`)
    pairs.set(place.key, { ...pair, [place.side]: tensor })
  }
  if (pairs.size === 0) throw refuseAdapter(path, 'holds no matrices; save the adapter again with PEFT')
  return pairs
}

function placeOf(name: string): Place | null {
  const [, module = '', layer = '', siteName, side] = NAME.exec(name) ?? []
  const site = LORA_SITES.find((known) => known === siteName)
  if (!site || (side !== 'A' && side !== 'B')) return null
  return { key: `${Number(layer)}.${site}`, module, side }
}

async function readPair(
  path: string,
  { module, A, B }: Pair,
  config: AdapterConfig,
  rank: number,
  scaling: number,
): Promise<AdapterMatrices> {
  const own = A?.shape[0] ?? 0
  if (!A || !B || A.shape.length !== 2 || B.shape.length !== 2 || B.shape[1] !== own || own === 0) {
    const shapes = `A [${A?.shape ?? 'absent'}] and B [${B?.shape ?? 'absent'}]`
    throw refuseAdapter(
      path,
      `has for ${module} the matrices ${shapes}, which make no product; save the adapter again`,
    )
  }
  const [, columns = 0] = A.shape
  const [rows = 0] = B.shape
  const a = new Float32Array(rank * columns)
  a.set(await floats(path, A))
  const narrow = await floats(path, B)
  const b = new Float32Array(rows * rank)
  const factor = config.scaling(module, own) / scaling
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < own; i++) b[row * rank + i] = (narrow[row * own + i] ?? 0) * factor
  }
  return { a, b }
}

async function floats(path: string, tensor: CheckpointTensor): Promise<Float32Array> {
  await using file = await open(path, 'r')
  const values = dequantise(await readBytes(file, path, tensor.offset, tensor.bytes), tensor.encoding)
  if (values.every(Number.isFinite)) return values
  throw refuseAdapter(path, 'holds numbers that are not finite; train the adapter again')
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw refuseAdapter(path, "can't be read as JSON; give the folder that PEFT saved an adapter in", cause)
  }
}
