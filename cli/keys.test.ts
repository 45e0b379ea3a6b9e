import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { readApiKeys } from '../api/platform/api-keys.ts'
import { workerKey } from '../shared/identity/worker-key.ts'
import { plumbline } from './testing/command.ts'

it('makes a key whose entry the service reads', async () => {
  const { code, stdout } = await plumbline(['keys', 'create', '--name', 'acme', '--json'])
  expect(code).toBe(0)
  const { key, entry } = JSON.parse(stdout)
  expect(key).toMatch(/^pl_[A-Za-z0-9_-]{43}$/)
  const digest = createHash('sha256').update(key).digest('hex')
  expect(readApiKeys(entry)).toMatchObject([{ organisation: 'acme', digest }])
})

it('makes another key every time, and refuses a name that would break the list', async () => {
  const [first, second] = await Promise.all([plumbline(['keys', 'create']), plumbline(['keys', 'create'])])
  expect(first.stdout).not.toBe(second.stdout)
  const { code, stderr } = await plumbline(['keys', 'create', '--name', 'a,b:c'])
  expect([code, stderr]).toEqual([1, expect.stringContaining("The name 'a,b:c' can't be used")])
})

it("tells the key of the workers that share this machine's secret", async () => {
  const { code, stdout } = await plumbline(['keys', 'worker'], { env: { PLUMBLINE_SECRET: 'a secret' } })
  expect([code, stdout]).toEqual([0, `${await workerKey('a secret')}\n`])
})

it('makes, lists and revokes URL tokens of the service, and says how to call by one', async () => {
  const token = {
    ...{ id: 'tok_000000000000000000000000', object: 'token', name: 'night', run: null, created: 0 },
    ...{ expires_at: 86_400, revoked_at: null, max_judgments: 5, judgments: 2 },
  }
  const made = { ...token, token: 'plt_abc', url: 'http://here/k/plt_abc' }
  const seen: unknown[] = []
  const server = createServer(async (request, response) => {
    seen.push([request.method, request.url, await text(request)])
    const answer = { POST: made, GET: { object: 'list', data: [token], has_more: true }, DELETE: token }
    response.end(JSON.stringify(answer[request.method as keyof typeof answer]))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const env = { PLUMBLINE_URL: `http://127.0.0.1:${port}` }
  const options = ['--name', 'night', '--expires', '12h', '--max-judgments', '5']
  const shown = await plumbline(['keys', 'token', ...options], { env })
  expect(shown.stdout).toContain(`${env.PLUMBLINE_URL}/k/plt_abc/rlhf/openrlhf`)
  const listed = await plumbline(['keys', 'tokens'], { env })
  expect(listed.stdout).toContain('2 of 5 judgments  night')
  expect(listed.stdout).toContain(`There are older ones: --before ${token.id}`)
  await plumbline(['keys', 'tokens', '--limit', '5', '--before', 'a&b'], { env })
  expect((await plumbline(['keys', 'revoke', token.id], { env })).code).toBe(0)
  server.close()
  expect(seen).toEqual([
    ['POST', '/v1/tokens', '{"name":"night","expires_in":43200,"max_judgments":5}'],
    ['GET', '/v1/tokens?limit=20', ''],
    ['GET', '/v1/tokens?limit=5&before=a%26b', ''],
    ['DELETE', `/v1/tokens/${token.id}`, ''],
  ])
  expect((await plumbline(['keys', 'token', '--expires', '3 days'], { env })).stderr).toContain('7d')
})

it('shows no token of PLUMBLINE_URL where the service is down', async () => {
  const env = { PLUMBLINE_URL: 'http://127.0.0.1:9/k/plt_0123456789abcdef' }
  const { code, stderr } = await plumbline(['keys', 'tokens'], { env })
  expect([code, stderr.includes('/k/[secret]'), stderr.includes('plt_0')]).toEqual([1, true, false])
})
