import { stat } from 'node:fs/promises'
import { GGMLQuantizationType, gguf } from '@huggingface/gguf'
import type { Checkpoint, CheckpointTensor } from '../checkpoint.ts'
import { ENCODINGS } from '../encoding/dequantise.ts'
import type { Encoding } from '../encoding/encoding.ts'
import { settingsOf } from '../settings.ts'
import { checkTable, refuseFile, tensorBytes } from '../tensor-table.ts'
import { fittingTokenizer } from '../tokenizer-files.ts'
import { ggufTokenizer } from './gguf-tokenizer.ts'

/**
 * Reads the metadata and the table of tensors of a local GGUF file, and checks that all of their bytes are
 * there. Throws `not_configured` for a file that is not GGUF, is cut short, or has an encoding we don't know.
 */
export async function readGgufCheckpoint(path: string): Promise<Checkpoint> {
  const { size } = await stat(path).catch((cause) => refuseFile(path, "can't be read; check the path", cause))
  const parsed = await gguf(path, { allowLocalFile: true }).catch((cause) =>
    refuseFile(path, 'is not a whole GGUF file; delete it and fetch it again', cause),
  )
  const settings = settingsOf({ ...parsed.metadata }, path)
  if (settings.number('split.count', 1) > 1) {
    refuseFile(path, 'is one of several parts of a model; use a GGUF file that holds all of it')
  }
  const tensors = new Map<string, CheckpointTensor>()
  for (const { name, ...info } of parsed.tensorInfos) {
    if (tensors.has(name)) refuseFile(path, `has two tensors ${name}; delete it and fetch it again`)
    const shape = info.shape.map(Number).reverse()
    const encoding = encodingOf(path, info.dtype, name)
    const offset = Number(parsed.tensorDataOffset + info.offset)
    tensors.set(name, { shape, encoding, file: path, offset, bytes: tensorBytes({ shape, encoding }) })
  }
  checkTable(path, size, tensors)
  return {
    path,
    format: 'gguf',
    architecture: settings.string('general.architecture'),
    settings,
    tensors,
    get tokenizer() {
      return fittingTokenizer(path, ggufTokenizer(path, settings), tensors)
    },
  }
}

function encodingOf(path: string, type: number, tensor: string): Encoding {
  const encoding = ENCODINGS.find((known) => known.type === type)
  if (encoding) return encoding
  const names = ENCODINGS.map((known) => known.name).join(', ')
  const own = GGMLQuantizationType[type] ?? `type ${type}`
  return refuseFile(path, `stores ${tensor} as ${own}; use a GGUF file whose tensors are ${names}`)
}
