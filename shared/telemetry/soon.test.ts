import { expect, it } from 'vitest'
import { soon } from './soon.ts'

it('sends once for all that ends until the timer is up, and again for what ends after', () => {
  const timers: (() => void)[] = []
  let sent = 0
  const flush = async () => {
    sent++
  }
  const deliver = soon((send) => void timers.push(send))
  deliver(flush)
  deliver(flush)
  expect([timers.length, sent]).toEqual([1, 0])
  timers[0]?.()
  expect(sent).toBe(1)
  deliver(flush)
  expect(timers.length).toBe(2)
})
