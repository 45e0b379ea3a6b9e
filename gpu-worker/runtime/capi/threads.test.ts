import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { squarings } from '../testing/squarings.ts'

test('the event loop goes on during a run', async () => {
  let ticks = 0
  let timer: NodeJS.Timeout | undefined
  const result = await squarings(700, 30, () => {
    timer = setInterval(() => ticks++, 2)
  })
  clearInterval(timer)
  expect(result).toBeCloseTo(1, 3)
  expect(ticks).toBeGreaterThan(10)
})

test('devices in threads of their own run at the same time, one that is ended in its run too', async () => {
  const start = (times: number) =>
    new Worker(new URL('../testing/device-thread.ts', import.meta.url), { workerData: { side: 300, times } })
  const ended = start(5000)
  const workers = [start(20), start(20)]
  const results = await Promise.all([...workers.map((worker) => once(worker, 'message')), squarings(300, 20)])
  expect(results.flat()).toEqual([1, 1, 1].map((value) => expect.closeTo(value, 3)))
  await ended.terminate()
  expect(await squarings(30, 2)).toBeCloseTo(1, 3)
})
