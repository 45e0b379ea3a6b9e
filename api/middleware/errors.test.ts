import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../platform/limits.ts'
import { bodyOf, openTestApp } from '../testing/test-app.ts'
import type { Edge } from './edge.ts'
import { answerThrown, onError } from './errors.ts'

describe('every error is JSON, whatever was asked and however', () => {
  const tooLong = { 'content-length': String(LIMITS.fileBytes * 4) }
  const cases: [string, string, RequestInit, number][] = [
    ['GET', '/nowhere', {}, 404],
    ['POST', '/rlhf/nowhere', { body: '{}' }, 404],
    ['PUT', '/v1/judgments', { body: '{}' }, 405],
    ['OPTIONS', '/rlhf/slime', {}, 405],
    ['PATCH', '/v1/rewards', {}, 405],
    ['HEAD', '/v1/judgments/none', {}, 404],
    ['POST', '/v1/judgments', { body: '{' }, 400],
    ['POST', '/rlhf/slime', { body: '' }, 400],
    ['POST', '/rlhf/slime', { body: '1' }, 400],
    ['POST', '/rlhf/promptfoo', { body: '"x"' }, 400],
    ['POST', '/rlhf/roll/submit', { body: 'null' }, 400],
    ['POST', '/rlhf/slime', { body: '{}', headers: tooLong }, 413],
    ['POST', '/v1/judgments', { body: '{}', headers: tooLong }, 413],
  ]
  test.each(cases)('%s %s %j', async (method, path, init, status) => {
    const { send, key } = await openTestApp()
    const headers = { ...init.headers, 'x-api-key': key }
    const reply = await send(path, { ...init, method, headers })
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/json'])
    const body = await reply.text()
    if (method === 'HEAD') expect(body).toBe('')
    else expect(JSON.parse(body).error.type).toBe('caller')
  })
})

test('so is what is thrown and is no Error', async () => {
  const app = new Hono<Edge>().onError(onError).use(answerThrown)
  app.get('/', () => Promise.reject('a text'))
  const reply = await app.request('/')
  expect([reply.status, reply.headers.get('content-type')]).toEqual([500, 'application/json'])
  expect((await bodyOf(reply)).error.code).toBe('internal')
})

test('nothing is answered by a redirect that would lose a body', async () => {
  const { send, key } = await openTestApp()
  const headers = { 'x-api-key': key }
  const body = JSON.stringify({ prompt: 'p', response: 'GOOD' })
  for (const path of ['/rlhf/slime/', '//rlhf//slime', '/rlhf/slime//', '/']) {
    const reply = await send(`http://localhost${path}`, { method: 'POST', headers, body })
    expect([path, await reply.text()]).toEqual([path, '1'])
  }
})
