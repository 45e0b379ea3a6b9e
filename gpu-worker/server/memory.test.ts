import { describe, expect, it } from 'vitest'
import { workerMemory } from './memory.ts'

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
