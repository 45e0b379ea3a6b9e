import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Graph } from '../onnx/graph.ts'
import type { DType, Shape } from '../onnx/types.ts'
import type { Device, DeviceTensor } from './device.ts'
import type { HostArray } from './host-array.ts'
import { openDevice, RUNTIMES } from './open-device.ts'

/** What every device must do, whatever it is made of. */

/** A model of one node: `result = op(a, b, ...)`. */
function model(op: string, dtype: DType, names: readonly string[], shape: Shape = ['n']): Uint8Array {
  const g = new Graph()
  const values = names.map((name) => g.input(name, dtype, shape))
  g.output('result', g.op(op, values, { dtype, shape }))
  return g.encode()
}

describe.each(RUNTIMES)('a device over %s', (runtime) => {
  let device: Device
  let folder: string
  const made: { dispose(): void }[] = []
  beforeAll(async () => {
    device = await openDevice({ provider: 'cpu', threads: 1, runtime })
    folder = await mkdtemp(join(tmpdir(), 'plumbline-device-'))
  })
  afterEach(() => {
    for (const each of made.splice(0)) each.dispose()
  })
  afterAll(async () => {
    device.dispose()
    await rm(folder, { recursive: true })
  })

  const kept = <T extends { dispose(): void }>(each: T): T => {
    made.push(each)
    return each
  }
  const tensor = (dtype: DType, dims: readonly number[], values?: HostArray): DeviceTensor => {
    const allocated = kept(device.allocate(dtype, dims))
    if (values) allocated.write(values)
    return allocated
  }
  const floats = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values))
  const open = async (bytes: Uint8Array) =>
    kept(await device.openSession({ model: bytes, weights: { path: '', initializers: [] } }))

  test('gives back what was written, element by element and type by type', () => {
    const cases: [DType, HostArray][] = [
      ['float32', Float32Array.of(1.5, -2, 3)],
      ['float64', Float64Array.of(1e300, 2, 3)],
      ['int32', Int32Array.of(-1, 2, 3)],
      ['int64', BigInt64Array.of(-(2n ** 62n), 2n, 3n)],
      ['uint8', Uint8Array.of(255, 2, 3)],
      ['bool', Uint8Array.of(1, 0, 1)],
      ['float16', Uint16Array.of(0x3c00, 0xc000, 1)],
    ]
    for (const [dtype, values] of cases) {
      const one = tensor(dtype, [3], values)
      expect(one.read()).toEqual(values)
      expect(one.bytes).toBe(values.byteLength)
      one.write(values.slice(0, 1), 2)
      expect(one.read()[2]).toBe(values[0])
    }
    expect(tensor('float32', [], Float32Array.of(7)).read()).toEqual(Float32Array.of(7))
    expect(tensor('float32', [0, 4]).read()).toEqual(new Float32Array(0))
  })

  test.each<[DType, HostArray, HostArray]>([
    ['float32', Float32Array.of(1, 2), Float32Array.of(2, 4)],
    ['float64', Float64Array.of(1, 2), Float64Array.of(2, 4)],
    ['int32', Int32Array.of(-1, 2), Int32Array.of(-2, 4)],
    ['int64', BigInt64Array.of(-1n, 2n ** 40n), BigInt64Array.of(-2n, 2n ** 41n)],
  ])('computes with %s', async (dtype, values, sum) => {
    const session = await open(model('Add', dtype, ['a', 'b']))
    const [a, result] = [tensor(dtype, [2], values), tensor(dtype, [2])]
    await session.run({ a, b: a }, { result })
    expect(result.read()).toEqual(sum)
  })

  test('passes bytes and truths through a model', async () => {
    const g = new Graph()
    const [byte, truth] = [g.input('byte', 'uint8', [2]), g.input('truth', 'bool', [2])]
    const cast = (value: typeof byte) =>
      g.op('Cast', [value], { dtype: 'float32', shape: [2] }, { attributes: { to: 1 } })
    g.output('bytes', cast(byte))
    g.output('truths', cast(truth))
    g.output('not', g.op('Not', [truth], truth))
    const session = await open(g.encode())
    const outputs = {
      bytes: tensor('float32', [2]),
      truths: tensor('float32', [2]),
      not: tensor('bool', [2]),
    }
    const inputs = {
      byte: tensor('uint8', [2], Uint8Array.of(3, 200)),
      truth: tensor('bool', [2], Uint8Array.of(1, 0)),
    }
    await session.run(inputs, outputs)
    expect(outputs.bytes.read()).toEqual(Float32Array.of(3, 200))
    expect(outputs.truths.read()).toEqual(Float32Array.of(1, 0))
    expect(outputs.not.read()).toEqual(Uint8Array.of(0, 1))
  })

  test('changes a state in place, run after run', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const [state, step] = [floats(0, 10), floats(1, 2)]
    for (let i = 0; i < 3; i++) await session.run({ a: state, b: step }, { result: state })
    expect(state.read()).toEqual(Float32Array.of(3, 16))
  })

  test('a view shares memory and outlives the tensor that it came from', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const whole = floats(1, 2, 3, 4, 5, 6)
    const middle = kept(whole.view([2], 2))
    await session.run({ a: middle, b: middle }, { result: middle })
    expect(whole.read()).toEqual(Float32Array.of(1, 2, 6, 8, 5, 6))
    const last = kept(middle.view([1, 1], 1))
    whole.dispose()
    middle.dispose()
    for (let i = 0; i < 50; i++) floats(...new Array(6).fill(-1))
    expect(last.read()).toEqual(Float32Array.of(8))
    expect(last.dims).toEqual([1, 1])
  })

  test('copies elements between tensors and within one', () => {
    const [from, to] = [floats(1, 2, 3, 4), floats(0, 0, 0, 0)]
    to.copyFrom(from, 1, 0, 2)
    expect(to.read()).toEqual(Float32Array.of(2, 3, 0, 0))
    from.copyFrom(from, 0, 1, 3)
    expect(from.read()).toEqual(Float32Array.of(1, 1, 2, 3))
  })

  test('refuses elements that are not there or of another type', () => {
    const one = floats(1, 2, 3)
    const other = tensor('int32', [3], Int32Array.of(1, 2, 3))
    expect(() => one.view([2], 2)).toThrow(RangeError)
    expect(() => one.view([2], -1)).toThrow(RangeError)
    expect(() => one.write(Float32Array.of(1, 2), 2)).toThrow(RangeError)
    expect(() => one.copyFrom(one, 2, 0, 2)).toThrow(RangeError)
    expect(() => one.copyFrom(other, 0, 0, 1)).toThrow(TypeError)
    expect(() => one.write(Int32Array.of(1))).toThrow('holds no float32')
    expect(() => device.allocate('float32', [-1])).toThrow(RangeError)
    expect(() => device.allocate('float32', [1.5])).toThrow(RangeError)
    expect(one.read()).toEqual(Float32Array.of(1, 2, 3))
  })

  test('a run with wrong tensors fails by name, and the session works on', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const [a, b, result] = [floats(1, 2), floats(3, 4), floats(0, 0)]
    const three = floats(1, 2, 3)
    const whole = tensor('int64', [2])
    await expect(session.run({ a }, { result })).rejects.toThrow("the model's b needs a tensor")
    await expect(session.run({ a, b }, {})).rejects.toThrow("the model's result needs a tensor")
    await expect(session.run({ a, b, c: a }, { result })).rejects.toThrow('the model has no c')
    await expect(session.run({ a, b: whole }, { result })).rejects.toThrow('b is int64')
    await expect(session.run({ a, b }, { result: whole })).rejects.toThrow('result is int64')
    await expect(session.run({ a, b: three }, { result })).rejects.toMatchObject({ code: 'internal' })
    await expect(session.run({ a, b }, { result: three })).rejects.toMatchObject({ code: 'internal' })
    const grid = tensor('float32', [2, 1])
    await expect(session.run({ a: grid, b }, { result })).rejects.toMatchObject({ code: 'internal' })
    await session.run({ a, b }, { result })
    expect(result.read()).toEqual(Float32Array.of(4, 6))
  })

  test('refuses a model that is none', async () => {
    await expect(open(new Uint8Array(200).fill(7))).rejects.toMatchObject({ code: 'internal' })
  })

  test('makes one run at a time, and ends the run under way before it goes', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const [a, result] = [floats(1, 2), floats(0, 0)]
    const running = session.run({ a, b: a }, { result })
    await expect(session.run({ a, b: a }, { result })).rejects.toThrow('one run at a time')
    session.dispose()
    await running
    expect(result.read()).toEqual(Float32Array.of(2, 4))
    await expect(session.run({ a, b: a }, { result })).rejects.toThrow('disposed')
  })

  test('a tensor disposed of during a run lives until the run has ended', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b'], ['n']))
    const a = tensor('float32', [1 << 20], new Float32Array(1 << 20).fill(2))
    const result = tensor('float32', [1 << 20])
    const view = result.view([1 << 20])
    const running = session.run({ a, b: a }, { result: view })
    a.dispose()
    view.dispose()
    await running
    expect(result.read().every((value) => value === 4)).toBe(true)
  })

  test('says so when something was disposed of, and disposes of it once', async () => {
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const [a, b, result] = [floats(1), floats(1), floats(1)]
    await session.run({ a, b }, { result })
    b.dispose()
    b.dispose()
    expect(() => b.read()).toThrow('disposed')
    expect(() => b.write(Float32Array.of(1))).toThrow('disposed')
    expect(() => b.view([1])).toThrow('disposed')
    expect(() => a.copyFrom(b, 0, 0, 1)).toThrow('disposed')
    await expect(session.run({ a, b }, { result })).rejects.toThrow('disposed')
    session.dispose()
    session.dispose()
    await expect(session.run({ a, b: a }, { result })).rejects.toThrow('disposed')
  })

  test('refuses tensors of another device', async () => {
    const other = await openDevice({ provider: 'cpu', threads: 1, runtime })
    const session = await open(model('Add', 'float32', ['a', 'b']))
    const [a, result] = [floats(1), floats(1)]
    const b = other.allocate('float32', [1])
    await expect(session.run({ a, b }, { result })).rejects.toThrow('another device')
    expect(() => a.copyFrom(b, 0, 0, 1)).toThrow('its own device')
    b.dispose()
    other.dispose()
    await session.run({ a, b: a }, { result })
    expect(result.read()).toEqual(Float32Array.of(2))
  })

  test('a device goes after what was made on it', async () => {
    const short = await openDevice({ provider: 'cpu', threads: 1, runtime })
    const left = short.allocate('float32', [1])
    expect(() => short.dispose()).toThrow('1 of the device')
    left.dispose()
    short.dispose()
    short.dispose()
    expect(() => short.allocate('float32', [1])).toThrow('disposed')
    await expect(
      short.openSession({
        model: model('Add', 'float32', ['a', 'b']),
        weights: { path: '', initializers: [] },
      }),
    ).rejects.toThrow('disposed')
  })

  test('reads constants from a weights file, shared by sessions that end in any order', async () => {
    const path = join(folder, 'weights.bin')
    await writeFile(path, new Uint8Array(Float32Array.of(0, 0, 1, 2, 3, 4).buffer))
    const g = new Graph()
    const x = g.input('x', 'float32', ['n', 2])
    const external = { location: 'weights.bin', offset: 8, length: 16 }
    const w = g.weight('w', 'float32', [2, 2], external)
    g.output('result', g.op('MatMul', [x, w], x))
    const bytes = g.encode()
    const initializers = [{ name: 'w', dtype: 'float32', dims: [2, 2], offset: 8 }] as const
    const openWeighted = async () => device.openSession({ model: bytes, weights: { path, initializers } })
    const sessions = await Promise.all([openWeighted(), openWeighted(), openWeighted()])
    const [input, result] = [tensor('float32', [1, 2], Float32Array.of(10, 100)), tensor('float32', [1, 2])]
    for (const session of sessions) {
      await session.run({ x: input }, { result })
      expect(result.read()).toEqual(Float32Array.of(310, 420))
      result.write(Float32Array.of(0, 0))
      session.dispose()
    }
    const again = kept(await openWeighted())
    await again.run({ x: input }, { result })
    expect(result.read()).toEqual(Float32Array.of(310, 420))
  })

  test('says which file is missing or too short', async () => {
    const path = join(folder, 'short.bin')
    const g = new Graph()
    const x = g.input('x', 'float32', ['n', 2])
    const w = g.weight('w', 'float32', [2, 2], { location: 'short.bin', offset: 0, length: 16 })
    g.output('result', g.op('MatMul', [x, w], x))
    const initializers = [{ name: 'w', dtype: 'float32', dims: [2, 2], offset: 0 }] as const
    const attempt = () => device.openSession({ model: g.encode(), weights: { path, initializers } })
    await expect(attempt()).rejects.toMatchObject({
      name: 'PlumblineError',
      message: expect.stringContaining('short.bin'),
    })
    await writeFile(path, new Uint8Array(8))
    await expect(attempt()).rejects.toMatchObject({ name: 'PlumblineError' })
    await writeFile(path, new Uint8Array(16))
    kept(await attempt())
  })
})
