import { createHash } from 'node:crypto'
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
