import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

const tick = () => new Promise((resolve) => setTimeout(resolve, 2))

test('who takes turn after turn alternates with others, one piece at a time', async () => {
  const turns = new Turns()
  const log: string[] = []
  let inside = 0
  const worker = async (name: string, pieces: number) => {
    for (let i = 0; i < pieces; i++) {
      await turns.take(async () => {
        expect(++inside).toBe(1)
        await tick()
        inside--
        log.push(name)
      })
    }
  }
  await Promise.all([worker('a', 4), worker('b', 4), worker('c', 2)])
  expect(log.join('')).toBe('abcabcabab')
})

test('a piece that fails lets the next one run', async () => {
  const turns = new Turns()
  const failing = turns.take(() => Promise.reject(new Error('broken')))
  const next = turns.take(async () => 'next')
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('next')
})

test('the end waits for the piece under way and lets none begin', async () => {
  const turns = new Turns()
  const log: string[] = []
  const first = turns.take(async () => {
    await tick()
    log.push('first')
  })
  const second = turns.take(async () => log.push('second'))
  const refused = expect(second).rejects.toThrow('over')
  await tick()
  await turns.end(new Error('over'))
  expect(log).toEqual(['first'])
  await Promise.all([first, refused])
  await expect(turns.take(tick)).rejects.toThrow('over')
})
