import { beforeEach, expect, test } from 'vitest'
import { openStockDevice } from '../../runtime/stock/device.ts'
import { holds, range, SHAPE, writeTokens } from '../testing/kv.ts'
import { DecodeBatch } from './decode-batch.ts'
import { kvBytes } from './kv-shape.ts'
import { KvTensors } from './kv-tensors.ts'

let batch: DecodeBatch<string>
let device: Awaited<ReturnType<typeof openStockDevice>>
const texts = new Map<string, number[]>()
beforeEach(async () => {
  device = await openStockDevice({ provider: 'cpu', threads: 1 })
  batch = new DecodeBatch(device, SHAPE)
  texts.clear()
})

function join(name: string, tokens: number[]): void {
  const read = new KvTensors(device, SHAPE, 1, 256 * Math.ceil(tokens.length / 256))
  writeTokens(read, 0, tokens, 0)
  batch.join(name, read, tokens.length)
  read.dispose()
  texts.set(name, tokens)
}

/** A pass over all rows: each gets a token. */
function step(token: number): void {
  batch.rows.forEach(({ reply, length }, row) => {
    if (batch.kv) writeTokens(batch.kv, row, [token], length)
    texts.get(reply)?.push(token)
  })
  batch.advance()
}

const leave = (...names: string[]) => batch.leave((reply) => names.includes(reply))

function expectWhole(...names: string[]): void {
  expect(batch.rows.map(({ reply }) => reply)).toEqual(names)
  batch.rows.forEach(({ reply, length }, row) => {
    const tokens = texts.get(reply) ?? []
    expect(length).toBe(tokens.length)
    expect(batch.kv && holds(batch.kv, row, tokens)).toBe(true)
  })
}

test('replies join and leave; each keeps what it has read', () => {
  join('a', range(10))
  step(501)
  join('b', range(300, 1000))
  join('c', range(5, 2000))
  step(502)
  expectWhole('a', 'b', 'c')
  leave('a')
  expectWhole('c', 'b')
  step(503)
  join('d', range(20, 3000))
  expectWhole('c', 'b', 'd')
  leave('c', 'd')
  expectWhole('b')
  leave('b')
  expect([batch.size, batch.bytes, batch.kv]).toEqual([0, 0, null])
})

test('all can leave at once, and the middle ones too', () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) join(name, range(7, name.charCodeAt(0)))
  leave('b', 'c', 'e')
  expectWhole('a', 'd')
  leave('a', 'd')
  expect(batch.size).toBe(0)
})

test('memory grows in steps and shrinks with who leaves', () => {
  const bytes = (rows: number, room: number) => kvBytes(SHAPE, rows, room)
  join('a', range(255))
  expect(batch.bytes).toBe(bytes(1, 256))
  step(1)
  expect(batch.bytes).toBe(bytes(1, 512))
  join('b', range(3))
  join('c', range(3))
  expect(batch.bytes).toBe(bytes(4, 512))
  leave('a')
  expectWhole('c', 'b')
  expect(batch.bytes).toBe(bytes(2, 256))
})
