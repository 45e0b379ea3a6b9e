import { PORTS } from '../../nn/ports.ts'
import type { DeviceTensor } from '../../runtime/device.ts'
import type { KvShape } from '../kv/kv-shape.ts'
import type { KvTensors } from '../kv/kv-tensors.ts'

/** A decoder of next to nothing, whose keys and values say which token, part and head they belong to. */
export const SHAPE: KvShape = { layers: 2, kvHeads: 2, headSize: 4, dtype: 'float32' }

export const range = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i)

/** Writes what a pass would write for new tokens of a row. */
export function writeTokens(kv: KvTensors, row: number, tokens: readonly number[], at: number): void {
  if (tokens.length === 0) return
  for (const { tensor, start, mark } of heads(kv, row)) {
    const values = tokens.flatMap((token) => new Array<number>(SHAPE.headSize).fill(mark(token)))
    tensor.write(Float32Array.from(values), start + at * SHAPE.headSize)
  }
}

/** Whether a row begins with the marks of these tokens. */
export function holds(kv: KvTensors, row: number, tokens: readonly number[]): boolean {
  return heads(kv, row).every(({ tensor, start, mark }) => {
    const values = tensor.read()
    return tokens.every((token, i) => values[start + i * SHAPE.headSize] === mark(token))
  })
}

type Head = { tensor: DeviceTensor; start: number; mark: (token: number) => number }

function heads(kv: KvTensors, row: number): Head[] {
  const { inputs } = kv.ports(kv.rows)
  const tensors = range(SHAPE.layers).flatMap((layer) => [
    inputs[PORTS.pastKey(layer)],
    inputs[PORTS.pastValue(layer)],
  ])
  return tensors.flatMap((tensor, part) =>
    range(SHAPE.kvHeads).flatMap((head) => {
      const start = (row * SHAPE.kvHeads + head) * kv.room * SHAPE.headSize
      return tensor ? [{ tensor, start, mark: (token: number) => token * 100 + part * 10 + head }] : []
    }),
  )
}
