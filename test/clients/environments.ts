import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from './client.ts'

const run = promisify(execFile)
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'plumbline', 'clients')
const PACKAGE = resolve(import.meta.dirname, '../../clients/python')
const OUTPUT_BYTES = 64 * 1024 * 1024

/**
 * The folder of a client's own environment, made on first use and kept: a Python virtual environment, or a folder with
 * `node_modules`. Throws what the installer said where it can't be made.
 */
export async function environmentOf(client: Client): Promise<string> {
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...client, shows: null }))
    .digest('hex')
  const folder = join(CACHE, `${client.name}-${digest.slice(0, 12)}`)
  if (!(await exists(join(folder, 'made')))) {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await (client.language === 'python' ? makePython(client, folder) : makeJavaScript(client, folder))
    await writeFile(join(folder, 'made'), '')
  }
  // Of a checkout, whose files change, so that it is never taken from the cache.
  if (client.language === 'python' && client.plumbline) {
    await install(folder, ['--reinstall-package', 'plumbline-rewards', '--no-deps', PACKAGE])
  }
  return folder
}

/** The interpreter of an environment. */
export const pythonIn = (folder: string): string => join(folder, 'bin', 'python')

async function makePython(client: Client & { language: 'python' }, folder: string): Promise<void> {
  const version = client.version === undefined ? [] : ['--python', client.version]
  await run(await uv(), ['venv', '--quiet', '--clear', ...version, folder])
  if (client.bare) await install(folder, ['--no-deps', ...client.bare])
  const httpx = client.plumbline ? ['httpx<1'] : []
  await install(folder, [...client.packages.filter((name) => !client.bare?.includes(name)), ...httpx])
}

async function install(folder: string, args: string[]): Promise<void> {
  const into = ['pip', 'install', '--quiet', '--python', pythonIn(folder)]
  await run(await uv(), [...into, ...args], { maxBuffer: OUTPUT_BYTES })
}

async function makeJavaScript(client: Client, folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder]
  await run('npm', [...args, ...client.packages], { cwd: folder, maxBuffer: OUTPUT_BYTES })
}

let made: Promise<string> | undefined

/** uv links what several environments have in common, so that a gigabyte of torch is there once. */
function uv(): Promise<string> {
  made ??= (async () => {
    const folder = join(CACHE, 'uv')
    const binary = join(folder, 'bin', 'uv')
    if (await exists(binary)) return binary
    const making = `${folder}.making`
    await rm(making, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', making])
    await run(pythonIn(making), ['-m', 'pip', 'install', '--quiet', 'uv==0.13.9'])
    await rm(folder, { recursive: true, force: true })
    await rename(making, folder)
    return binary
  })()
  return made
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
