import { stat } from 'node:fs/promises'
import { GGMLQuantizationType, gguf } from '@huggingface/gguf'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts'
import { ENCODINGS, type Encoding } from './dequantise.ts'
import { ggufTokenizer } from './gguf-tokenizer.ts'
import { settingsOf } from './settings.ts'

/**
 * Reads the metadata and the table of tensors of a local GGUF file, and checks that all of their bytes are
 * there. Throws `not_configured` for a file that is not GGUF, is cut short, or has an encoding we don't know.
 */
export async function readGgufCheckpoint(path: string): Promise<Checkpoint> {
  const found = await stat(path).catch((cause) => refuse(path, "can't be read; check the path", cause))
  const parsed = await gguf(path, { allowLocalFile: true }).catch((cause) =>
    refuse(path, 'is not a whole GGUF file; delete it and fetch it again', cause),
  )
  const settings = settingsOf({ ...parsed.metadata }, path)
  if (settings.number('split.count', 1) > 1) {
    refuse(path, 'is one of several parts of a model; use a GGUF file that holds all of it')
  }
  const tensors = new Map<string, CheckpointTensor>()
  for (const info of parsed.tensorInfos) {
    const offset = Number(parsed.tensorDataOffset + info.offset)
    const shape = info.shape.map(Number).reverse()
    const encoding = encodingOf(path, info.dtype, info.name)
    const bytes = (shape.reduce((product, dim) => product * dim, 1) / encoding.elements) * encoding.bytes
    if (
      tensors.has(info.name) ||
      !((shape.at(-1) ?? 0) % encoding.elements === 0) ||
      !Number.isSafeInteger(offset + bytes)
    ) {
      refuse(path, `says of ${info.name} what can't be; fetch it again`)
    }
    tensors.set(info.name, { shape, encoding, file: path, offset, bytes })
  }
  const wanted = [...tensors.values()].reduce((end, { offset, bytes }) => Math.max(end, offset + bytes), 0)
  if (found.size < wanted) {
    refuse(path, `is cut short at ${found.size} of ${wanted} bytes; delete it and fetch it again`)
  }
  return {
    path,
    format: 'gguf',
    architecture: settings.string('general.architecture'),
    settings,
    tensors,
    get tokenizer() {
      return ggufTokenizer(settings)
    },
  }
}

function encodingOf(path: string, type: number, tensor: string): Encoding {
  const encoding = ENCODINGS.find((known) => known.type === type)
  if (encoding) return encoding
  const names = ENCODINGS.map((known) => known.name).join(', ')
  return refuse(
    path,
    `stores ${tensor} as ${GGMLQuantizationType[type] ?? `type ${type}`}; use a GGUF file whose tensors are ${names}`,
  )
}

function refuse(path: string, what: string, cause?: unknown): never {
  throw new PlumblineError('not_configured', `${path} ${what}.`, { cause })
}
