import { stat } from 'node:fs/promises'
import { GGMLQuantizationType, gguf } from '@huggingface/gguf'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { ENCODINGS } from './dequantise.ts'
import type { Encoding } from './encoding.ts'
import { Metadata } from './metadata.ts'

export type GgufTensor = {
  name: string
  /** Slowest axis first: [out, in] for a linear layer. */
  shape: number[]
  encoding: Encoding
  /** Of its first byte in the file. */
  offset: number
  bytes: number
}

export type GgufFile = { path: string; metadata: Metadata; tensors: GgufTensor[] }

/**
 * Reads the metadata and the table of tensors of a local GGUF file, and checks that all of their bytes are
 * there. Throws `not_configured` for a file that is not GGUF, is cut short, or has an encoding we don't know.
 */
export async function readGguf(path: string): Promise<GgufFile> {
  const { size } = await stat(path).catch((cause) => {
    throw new PlumblineError('not_configured', `No weights file can be read at ${path}; check the path.`, {
      cause,
    })
  })
  const parsed = await gguf(path, { allowLocalFile: true }).catch((cause) => {
    throw new PlumblineError(
      'not_configured',
      `${path} is not a whole GGUF file; delete it and fetch it again.`,
      { cause },
    )
  })
  const tensors = parsed.tensorInfos.map((info) => {
    const shape = info.shape.map(Number).reverse()
    const encoding = encodingOf(info.dtype, info.name)
    const elements = shape.reduce((product, dim) => product * dim, 1)
    const bytes = (elements / encoding.elements) * encoding.bytes
    return { name: info.name, shape, encoding, offset: Number(parsed.tensorDataOffset + info.offset), bytes }
  })
  const wanted = tensors.reduce((end, tensor) => Math.max(end, tensor.offset + tensor.bytes), 0)
  if (size < wanted) {
    throw new PlumblineError(
      'not_configured',
      `${path} is cut short at ${size} of ${wanted} bytes; delete it and fetch it again.`,
    )
  }
  return { path, metadata: new Metadata({ ...parsed.metadata }, path), tensors }
}

function encodingOf(type: number, tensor: string): Encoding {
  const encoding = ENCODINGS.find((known) => known.type === type)
  if (encoding) return encoding
  const names = ENCODINGS.map((known) => known.name).join(', ')
  throw new PlumblineError(
    'not_configured',
    `Tensor ${tensor} is stored as ${GGMLQuantizationType[type] ?? `type ${type}`}; use a GGUF file whose ` +
      `tensors are ${names}.`,
  )
}
