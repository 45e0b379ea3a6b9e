import { open } from 'node:fs/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { dequantise } from '../../weights/encoding/dequantise.ts'
import { readBytes } from '../../weights/file-bytes.ts'
import { readSafetensors } from '../../weights/safetensors/safetensors.ts'
import { writeSafetensors } from '../../weights/safetensors/write-safetensors.ts'
import type { TrainerState } from '../trainer.ts'

type Vectors = Pick<TrainerState, 'parameters' | 'first' | 'second'>
const NAMES = ['parameters', 'first', 'second'] as const

/** Writes a trainer's vectors as a safetensors file. */
export async function writeTrainerState(path: string, state: Vectors): Promise<void> {
  await writeSafetensors(
    path,
    NAMES.map((name) => ({ name, shape: [state[name].length], values: state[name] })),
  )
}

/** Reads them back, to the last bit. */
export async function readTrainerState(path: string): Promise<Vectors> {
  const tensors = await readSafetensors(path)
  await using file = await open(path, 'r')
  const read = async (name: (typeof NAMES)[number]) => {
    const tensor = tensors.get(name)
    if (!tensor) throw new PlumblineError('not_configured', `${path} has no ${name}: restore it from a copy.`)
    return dequantise(await readBytes(file, path, tensor.offset, tensor.bytes), tensor.encoding)
  }
  return { parameters: await read('parameters'), first: await read('first'), second: await read('second') }
}
