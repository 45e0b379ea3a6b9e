import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { refuseUnreadable } from './unreadable.ts'

/** What a listener answers to bytes of a caller. */
async function answerTo(bytes: string): Promise<string> {
  const fetch = () => Promise.reject(new Error('the secret of a fault'))
  const listener = createServer(getRequestListener(fetch, { errorHandler: refuseUnreadable }))
  onTestFinished(() => void listener.close())
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  socket.end(bytes)
  return text(socket)
}

test.each([
  'GET /v1\\judgments HTTP/1.1\r\nHost: a',
  'GET / HTTP/1.1\r\nHost: a/b',
  'GET / HTTP/1.1\r\nHost: a b',
  'GET / HTTP/1.0',
])('an address that cannot be read is refused as all else is: %j', async (head) => {
  const answer = await answerTo(`${head}\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(answer).toMatch(/content-type: application\/json/i)
  expect(answer).toContain('"code":"invalid_request"')
})

test('a fault is the log’s affair', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const answer = await answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(answer).toContain('"code":"internal"')
  expect(answer).not.toContain('secret')
  expect(log).toHaveBeenCalledOnce()
})
