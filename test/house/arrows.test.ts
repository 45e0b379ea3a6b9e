import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../steps/command.ts'

/** A file that may not exist, and the import that it may not make. */
const FORBIDDEN = [
  ['shared/probe.ts', '../api/app.ts'],
  ['shared/probe.ts', '../gpu-worker/worker.ts'],
  ['shared/probe.ts', 'node:fs'],
  ['shared/probe.ts', 'hono'],
  ['api/probe.ts', '../gpu-worker/worker.ts'],
  ['api/probe.ts', '../cli/start.ts'],
  ['api/probe.ts', 'node:fs'],
  ['api/probe.ts', 'cloudflare:workers'],
  ['api/platform/probe.ts', '../../gpu-worker/worker.ts'],
  ['gpu-worker/probe.ts', '../api/app.ts'],
  ['gpu-worker/probe.ts', '../cli/start.ts'],
  ['cli/probe.ts', '../api/app.ts'],
  ['cli/probe.ts', '../gpu-worker/worker.ts'],
] as const

const ALLOWED = [
  ['api/probe.ts', '../shared/protocol/text.ts'],
  ['gpu-worker/probe.ts', '../shared/protocol/text.ts'],
  ['api/platform/probe.ts', 'cloudflare:workers'],
  ['cli/start/probe.ts', '../../api/platform/limits.ts'],
] as const

let folder: string
let lint: (path: string, imported: string) => Promise<string>

/** The probes lie in a folder of their own with the project's biome.json, so that none is ever in the tree. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-arrows-'))
  await copyFile('biome.json', join(folder, 'biome.json'))
  lint = async (path, imported) => {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `import * as imported from '${imported}'\n\nexport const probe = imported\n`)
    const rules = ['--only=style/noRestrictedImports', '--vcs-enabled=false', `--config-path=${folder}`]
    const { output } = await run(['biome', 'lint', ...rules, file])
    return output
  }
})
afterAll(() => rm(folder, { recursive: true }))

describe('the arrows of the house', () => {
  test.each(FORBIDDEN)('%s may not import %s', async (path, imported) => {
    const output = await lint(path, imported)
    expect(output).toContain('noRestrictedImports')
    expect(output).toContain('Found 1 error.')
  })

  test.each(ALLOWED)('%s may import %s', async (path, imported) => {
    const output = await lint(path, imported)
    expect(output).toContain('Checked 1 file')
    expect(output).not.toContain('error')
  })
})
