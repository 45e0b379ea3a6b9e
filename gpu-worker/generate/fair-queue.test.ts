import { expect, test } from 'vitest'
import { FairQueue } from './fair-queue.ts'

function queueOf(items: string[]): FairQueue<string> {
  const queue = new FairQueue<string>()
  for (const item of items) queue.push(item.slice(0, 1), item)
  return queue
}

function drain(queue: FairQueue<string>): string[] {
  const taken: string[] = []
  for (let item = queue.take(); item !== null; item = queue.take()) taken.push(item)
  return taken
}

test('callers are served in turn, each in order of arrival', () => {
  const queue = queueOf(['a1', 'a2', 'a3', 'b1', 'c1', 'b2'])
  expect(queue.size).toBe(6)
  expect(queue.peek()).toBe('a1')
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect([queue.size, queue.peek()]).toEqual([0, null])
})

test('a caller who returns stands at the end of the line', () => {
  const queue = queueOf(['a1', 'b1', 'c1'])
  expect(queue.take()).toBe('a1')
  queue.push('a', 'a2')
  expect(drain(queue)).toEqual(['b1', 'c1', 'a2'])
})

test('what is not accepted stays, in its place', () => {
  const queue = queueOf(['a1', 'a2', 'b1'])
  expect(queue.take((item) => item.endsWith('2'))).toBe('a2')
  expect(queue.take((item) => item === 'none')).toBe(null)
  expect([...queue.items()]).toEqual(['b1', 'a1'])
})

test('an item can leave', () => {
  const queue = queueOf(['a1', 'b1'])
  expect([queue.remove('a1'), queue.remove('a1')]).toEqual([true, false])
  expect(drain(queue)).toEqual(['b1'])
})
