import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { plumbline } from './testing/command.ts'

describe('plumbline', () => {
  it('lists its commands, and explains each', async () => {
    const { stdout, stderr } = await plumbline([])
    for (const name of ['start', 'worker', 'judge', 'eval', 'aggregate', 'keys']) {
      expect(stdout + stderr).toMatch(new RegExp(`^ +${name} `, 'm'))
    }
    expect((await plumbline(['help', 'judge'])).stdout).toContain('--prompt-file')
    expect((await plumbline(['eval', '--help'])).stdout).toContain('--concurrency')
  })

  it('names what it does not know', async () => {
    expect(await plumbline(['evla'])).toMatchObject({ code: 1, stderr: expect.stringContaining('eval') })
    const option = await plumbline(['eval', 'x', '--concurrency', 'many'])
    expect(option).toMatchObject({ code: 1, stderr: expect.stringContaining('whole number') })
    const choice = await plumbline(['judge', '--orders', 'best'])
    expect(choice.stderr).toContain('strict, mean, compat')
  })

  const older = '/usr/bin/node'
  const launcher = fileURLToPath(new URL('./plumbline.js', import.meta.url))
  it.skipIf(!existsSync(older))('runs on whatever Node the system has', () => {
    const run = spawnSync(older, [launcher, 'aggregate'], { input: '{"items":[]}', encoding: 'utf8' })
    expect(run).toMatchObject({ status: 1, stdout: expect.stringContaining('no criterion') })
  })
})
