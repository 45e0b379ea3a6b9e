import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFaults } from '../steps/wrangler-config.ts'

let folder: string
let committed: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-config-'))
  committed = await readFile('wrangler.toml', 'utf8')
})
afterAll(() => rm(folder, { recursive: true }))

async function faultsOf(text: string): Promise<string[]> {
  const path = join(folder, 'wrangler.toml')
  await writeFile(path, text)
  return configFaults(path)
}

describe('wrangler.toml', () => {
  test('is valid as it is committed', async () => {
    expect(await faultsOf(committed)).toEqual([])
  })

  test('fails with an unknown key at the top', async () => {
    const faults = await faultsOf(`rate_limits = 3\n${committed}`)
    expect(faults.join('\n')).toContain('rate_limits')
  })

  test('fails with an unknown key in a binding', async () => {
    const faults = await faultsOf(
      committed.replace('[[durable_objects.bindings]]', '[[durable_objects.bindings]]\ncolour = "red"'),
    )
    expect(faults.join('\n')).toContain('colour')
  })

  test('fails with a value of a wrong type', async () => {
    const faults = await faultsOf(committed.replace('send_metrics = false', 'send_metrics = "no"'))
    expect(faults.join('\n')).toContain('send_metrics')
  })
})
