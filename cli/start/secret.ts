import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * PLUMBLINE_SECRET, else the one in the home folder: 64 hex digits, made on the first start, its owner's alone.
 * Throws a sentence when the folder can't be written.
 */
export async function secretOf(variables: Variables): Promise<string> {
  if (variables.PLUMBLINE_SECRET) return variables.PLUMBLINE_SECRET
  const home = defaultHome(variables)
  try {
    return await keptSecret(home)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    throw new PlumblineError(
      'not_configured',
      `${home} can't be written (${reason}): set PLUMBLINE_HOME to a folder that can.`,
      { cause: error },
    )
  }
}

async function keptSecret(home: string): Promise<string> {
  const path = join(home, 'secret')
  await makeFolder(home)
  if (!existsSync(path)) {
    const made = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
    await writeFile(path, made, { flag: 'wx', mode: 0o600 })
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Folder by folder: Node's own recursion never ends where a folder is there and takes no other (/proc). */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return
  await makeFolder(dirname(path))
  await mkdir(path).catch((error) => {
    if (!existsSync(path)) throw error
  })
}
