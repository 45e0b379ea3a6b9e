import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** SHA-256 of a file's bytes, 64 lower-case hex digits. Ends with an error at the signal's abort. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

/**
 * The same, but what was found last is remembered under `home` and holds while the file's size and times do: a large
 * model is not read at each start.
 */
export async function rememberedSha256(home: string, path: string, signal?: AbortSignal): Promise<string> {
  const { size, mtimeMs, ctimeMs } = await stat(path)
  const state = JSON.stringify([path, size, mtimeMs, ctimeMs])
  const note = join(home, 'digests', createHash('sha256').update(path).digest('hex'))
  const [knownState, known] = (await readFile(note, 'utf8').catch(() => '')).split('\n')
  if (known && knownState === state) return known
  const digest = await sha256OfFile(path, signal)
  await mkdir(dirname(note), { recursive: true })
  const partial = `${note}.${process.pid}`
  await writeFile(partial, `${state}\n${digest}`)
  await rename(partial, note)
  return digest
}

/** One digest of several files: SHA-256 over their names and digests, in the order of the names. */
export function digestOfAll(files: ReadonlyMap<string, string>): string {
  const lines = [...files].map(([name, digest]) => `${name} ${digest}\n`).sort()
  return createHash('sha256').update(lines.join('')).digest('hex')
}
