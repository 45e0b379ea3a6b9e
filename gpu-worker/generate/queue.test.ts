import { expect, test } from 'vitest'
import { Queue } from './queue.ts'

/** A task that runs until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { wait: () => promise, open: resolve }
}

test('tasks run one at a time, in order of arrival', async () => {
  const queue = new Queue(10)
  const log: string[] = []
  const task = (name: string) => async () => {
    log.push(`${name} begins`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    log.push(`${name} ends`)
  }
  await Promise.all(['a', 'b', 'c'].map((name) => queue.run(task(name))))
  expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  expect(queue.load).toEqual({ queued: 0, running: 0 })
})

test('a full queue refuses at once', async () => {
  const queue = new Queue(1)
  const first = gate()
  const running = queue.run(first.wait)
  const waiting = queue.run(async () => 'second')
  expect(queue.load).toEqual({ queued: 1, running: 1 })
  await expect(queue.run(async () => 'third')).rejects.toMatchObject({ code: 'overloaded', transient: true })
  first.open()
  expect(await waiting).toBe('second')
  await running
  expect(await queue.run(async () => 'fourth')).toBe('fourth')
})

test('a task that fails lets the next one run', async () => {
  const queue = new Queue(2)
  const failing = queue.run(() => Promise.reject(new Error('broken')))
  const next = queue.run(async () => 'next')
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('next')
})

test('who gives up while waiting leaves the queue and is never run', async () => {
  const queue = new Queue(2)
  const first = gate()
  const running = queue.run(first.wait)
  const abort = new AbortController()
  let ran = false
  const impatient = queue.run(async () => {
    ran = true
  }, abort.signal)
  abort.abort(new Error('no longer'))
  await expect(impatient).rejects.toThrow('no longer')
  expect(queue.load).toEqual({ queued: 0, running: 1 })
  first.open()
  await running
  expect(ran).toBe(false)
  await expect(queue.run(async () => 'late', abort.signal)).rejects.toThrow('no longer')
  expect(await queue.run(async () => 'free')).toBe('free')
})
