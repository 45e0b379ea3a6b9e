import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { libraryFolder } from '../../gpu-worker/runtime/capi/library.ts'
import { plumbline } from '../testing/command.ts'

const withCuda = existsSync(join(libraryFolder(), 'libonnxruntime_providers_cuda.so'))

describe('plumbline worker --check', () => {
  it('says what the machine computes with, and that it does', async () => {
    const { code, stdout, stderr } = await plumbline(['worker', '--check'], {
      env: { PLUMBLINE_THREADS: '1' },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^onnxruntime +1\.30\.\d+, capi$/m)
    expect(stdout).toMatch(/^koffi +3\.\d+\.\d+, \d+ functions of the C API where they must be$/m)
    expect(stdout).toMatch(/^built for .*CPUExecutionProvider/m)
    expect(stdout).toMatch(/^processor .*, 1 threads$/m)
    expect(stdout).toMatch(/^memory +[\d.]+ GiB, [\d.]+ GiB free$/m)
    expect(stdout).toMatch(/^cpu +computes as it must \([\d.]+ ms\)$/m)
  })

  it('checks the stock binding too', async () => {
    const { code, stdout } = await plumbline(['worker', '--check', '--runtime', 'stock'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^onnxruntime +1\.30\.\d+, stock$/m)
    expect(stdout).toMatch(/^cpu +computes as it must/m)
  })

  it.skipIf(withCuda)('fails in one sentence where CUDA was asked for and is not there', async () => {
    for (const asked of [
      { args: ['--provider', 'cuda'], env: {} },
      { args: [], env: { PLUMBLINE_PROVIDER: 'cuda' } },
    ]) {
      const { code, stdout, stderr } = await plumbline(['worker', '--check', ...asked.args], {
        env: asked.env,
      })
      expect(code).toBe(1)
      expect(stdout).toMatch(/^cpu +computes as it must/m)
      expect(stderr).toMatch(
        /^plumbline: CUDA needs libonnxruntime_providers_shared\.so .*worker\.Dockerfile.*\.\n$/,
      )
    }
  })
})
