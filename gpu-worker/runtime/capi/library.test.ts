import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Api } from './api.ts'
import { libraryFolder, loadLibrary } from './library.ts'
import { proveApi } from './proof.ts'
import { availableProviders } from './providers.ts'
import { FUNCTIONS, type FunctionName, type Places } from './table.ts'

const library = loadLibrary(libraryFolder())
const prove = (table: Places) => proveApi(new Api(library.functions, table), library.version)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-library-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the library is the one that the table was written for', () => {
  expect(library.version).toMatch(/^1\.30\./)
  prove(FUNCTIONS)
  expect(availableProviders(new Api(library.functions, FUNCTIONS))).toContain('CPUExecutionProvider')
})

test('the table has the places that onnxruntime pins in its sources', () => {
  const pinned = { RunWithBinding: 133, CreateIoBinding: 134, AddInitializer: 150 }
  for (const [name, at] of Object.entries(pinned)) expect(FUNCTIONS).toHaveProperty([name, 'at'], at)
  expect(FUNCTIONS.SessionOptionsAppendExecutionProvider_CUDA_V2.at).toBe(204)
})

test.each([3, 20, 60, 100, 125, 133, 150, 170, 204, 219])(
  'refuses a library with one entry more or less before place %i',
  (from) => {
    for (const by of [-1, 1, 2]) {
      const table = structuredClone<Places>(FUNCTIONS)
      for (const entry of Object.values(table)) if (entry.at >= from) entry.at += by
      expect(() => prove(table)).toThrow('install the onnxruntime-node that package.json names')
    }
  },
)

test.each<[FunctionName, FunctionName]>([
  ['GetErrorCode', 'GetErrorMessage'],
  ['BindInput', 'BindOutput'],
  ['GetDimensionsCount', 'GetTensorElementType'],
  ['SessionGetInputCount', 'SessionGetOutputCount'],
  ['SessionGetInputName', 'SessionGetOutputName'],
  ['SessionGetInputTypeInfo', 'SessionGetOutputTypeInfo'],
])('refuses a table that mistakes %s for %s', (one, other) => {
  const table: Places = {
    ...FUNCTIONS,
    [one]: { ...FUNCTIONS[one], at: FUNCTIONS[other].at },
    [other]: { ...FUNCTIONS[other], at: FUNCTIONS[one].at },
  }
  expect(() => prove(table)).toThrow('answers otherwise')
})

test('refuses another version, what is no onnxruntime, and nothing at all', async () => {
  expect(() => loadLibrary(folder)).toThrow('has no library for')
  const path = join(folder, 'libonnxruntime.so.1')
  await writeFile(path, 'no library')
  expect(() => loadLibrary(folder)).toThrow('could not be loaded')
  const bytes = await readFile(join(libraryFolder(), 'libonnxruntime.so.1'))
  const version = Buffer.from('\0' + '1.30.0' + '\0')
  for (let at = bytes.indexOf(version); at >= 0; at = bytes.indexOf(version, at + 1))
    bytes.write('1.31.0', at + 1)
  await rm(path)
  await writeFile(path, bytes)
  expect(() => loadLibrary(folder)).toThrow('written for onnxruntime 1.30.x and found 1.31.0')
})

test('throws what a function tells, here and from another thread', async () => {
  const api = new Api(library.functions, FUNCTIONS)
  const settings = api.call('CreateSessionOptions')
  const failure = { name: 'PlumblineError', code: 'internal' }
  expect(() => api.call('AddSessionConfigEntry', settings, '', 'value')).toThrow(
    expect.objectContaining({ ...failure, message: expect.stringContaining('Config key is empty') }),
  )
  await expect(api.later('AddSessionConfigEntry', settings, '', 'value')).rejects.toMatchObject(failure)
  api.call('ReleaseSessionOptions', settings)
})
