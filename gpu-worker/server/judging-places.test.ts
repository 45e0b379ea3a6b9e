import { describe, expect, it } from 'vitest'
import { judgingPlaces } from './judging-places.ts'

const never = new AbortController().signal
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('places for judgments', () => {
  it('are given to callers in turn, to each in order of arrival', async () => {
    const place = judgingPlaces(2)
    const begun: string[] = []
    let inside = 0
    const judge = (caller: string, name: string) =>
      place({ caller, signal: never }, async () => {
        begun.push(name)
        expect(++inside).toBeLessThanOrEqual(2)
        await turn()
        inside--
        return name
      })
    const asked = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1']
    const done = await Promise.all(asked.map((name) => judge(name.slice(0, 1), name)))
    expect(done).toEqual(asked)
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5'])
  })

  it('let a group begin one after the other, the event loop turning in between', async () => {
    const place = judgingPlaces(8)
    let turns = 0
    let counting = true
    const count = () => {
      turns++
      if (counting) setImmediate(count)
    }
    setImmediate(count)
    const begun = await Promise.all(
      Array.from({ length: 8 }, () => place({ caller: 'a', signal: never }, async () => turns)),
    )
    counting = false
    expect(begun[0]).toBe(0)
    expect(new Set(begun).size).toBe(8)
  })

  it('are no longer waited for by whoever gave up, and pass on when the work fails', async () => {
    const place = judgingPlaces(1)
    const work = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const first = place({ caller: 'a', signal: never }, () => {
      begun.resolve()
      return work.promise
    })
    const left = new AbortController()
    let done = 0
    const given = place({ caller: 'b', signal: left.signal }, async () => done++)
    const third = place({ caller: 'c', signal: never }, async () => done++)
    left.abort(new Error('left'))
    await expect(given).rejects.toThrow('left')
    await expect(place({ caller: 'd', signal: left.signal }, async () => done++)).rejects.toThrow('left')
    await begun.promise
    work.reject(new Error('failed'))
    await expect(first).rejects.toThrow('failed')
    await third
    expect(done).toBe(1)
  })
})
