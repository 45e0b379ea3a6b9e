import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import koffi from 'koffi'
import { expect, test } from 'vitest'
import { openDevice } from '../open-device.ts'
import { Api } from './api.ts'
import { openCuda } from './cuda.ts'
import { libraryFolder, loadLibrary } from './library.ts'
import { FUNCTIONS } from './table.ts'

/** Where there is no GPU: every way from "nothing is installed" on is refused with one sentence. */

const installed = existsSync(join(libraryFolder(), 'libonnxruntime_providers_cuda.so'))
const cuda = { provider: 'cuda', threads: 1 } as const

test.skipIf(installed)('says which library is missing and which image brings it', async () => {
  await expect(openDevice(cuda)).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringMatching(
      /^[^.]*libonnxruntime_providers_shared\.so[^.]*infra\/worker\.Dockerfile[^.]*\.$/,
    ),
  })
})

test('the stock binding has no CUDA', async () => {
  await expect(openDevice({ ...cuda, runtime: 'stock' })).rejects.toMatchObject({ code: 'not_configured' })
})

test.skipIf(hasCudart())('says that the CUDA runtime is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-cuda-'))
  const api = new Api(loadLibrary(libraryFolder()).functions, FUNCTIONS)
  await writeFile(join(folder, 'libonnxruntime_providers_shared.so'), '')
  expect(() => openCuda(api, folder, 0)).toThrow('libonnxruntime_providers_cuda.so')
  await writeFile(join(folder, 'libonnxruntime_providers_cuda.so'), '')
  expect(() => openCuda(api, folder, 0)).toThrow('libcudart.so.12')
  await rm(folder, { recursive: true })
})

function hasCudart(): boolean {
  return ['libcudart.so.13', 'libcudart.so.12'].some((name) => {
    try {
      koffi.load(name)
      return true
    } catch {
      return false
    }
  })
}
