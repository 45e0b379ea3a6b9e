import { describe, expect, it } from 'vitest'
import { memoryOfCall, workerMemory } from './memory.ts'

describe('workerMemory', () => {
  it('makes a piece once, however many ask', async () => {
    const memory = workerMemory()
    let made = 0
    const make = async () => ++made
    expect(await Promise.all([1, 2, 3].map(() => memory.recall('a', make)))).toEqual([1, 1, 1])
    expect(await memory.recall('a', make)).toBe(1)
    expect(await memory.recall('b', make)).toBe(2)
  })

  it('keeps nothing of a maker that failed, and lets those who waited make it', async () => {
    const memory = workerMemory()
    let asked = 0
    const failsFirst = async () => {
      if (++asked === 1) throw new Error('hung up')
      return 'made'
    }
    const [first, ...others] = await Promise.allSettled([1, 2, 3].map(() => memory.recall('a', failsFirst)))
    expect(first?.status).toBe('rejected')
    expect(others).toEqual(Array(2).fill({ status: 'fulfilled', value: 'made' }))
    expect(asked).toBe(2)
  })

  it('fails for everybody when everybody fails', async () => {
    const memory = workerMemory()
    const fails = () => Promise.reject(new Error('never'))
    const ends = await Promise.allSettled([1, 2, 3].map(() => memory.recall('a', fails)))
    expect(ends.map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  })
})

describe('memoryOfCall', () => {
  const counter = () => {
    let made = 0
    return async () => ++made
  }

  it('with use is what the worker remembers', async () => {
    const worker = workerMemory()
    const make = counter()
    expect(await memoryOfCall(worker).recall('a', make)).toBe(1)
    expect(await memoryOfCall(worker, 'use').recall('a', make)).toBe(1)
  })

  it('with refresh makes a piece once for the call, and leaves it to later ones', async () => {
    const worker = workerMemory()
    const make = counter()
    await worker.recall('a', make)
    const call = memoryOfCall(worker, 'refresh')
    expect(await Promise.all([call.recall('a', make), call.recall('a', make)])).toEqual([2, 2])
    expect(await call.recall('a', make)).toBe(2)
    expect(await worker.recall('a', make)).toBe(2)
  })

  it('with off leaves nothing, and a refresh that fails leaves what was there', async () => {
    const worker = workerMemory()
    const make = counter()
    await worker.recall('a', make)
    expect(await memoryOfCall(worker, 'off').recall('a', make)).toBe(2)
    await expect(memoryOfCall(worker, 'refresh').recall('a', () => Promise.reject('no'))).rejects.toBe('no')
    expect(await worker.recall('a', make)).toBe(1)
  })
})
