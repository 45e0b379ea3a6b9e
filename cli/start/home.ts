import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Variables = Readonly<Record<string, string | undefined>>

/** The folder of models, records and the secret: PLUMBLINE_HOME, else `plumbline` in the user's data folder. */
export function homeOf(variables: Variables): string {
  const data = variables.XDG_DATA_HOME || join(homedir(), '.local', 'share')
  return variables.PLUMBLINE_HOME || join(data, 'plumbline')
}

/** PLUMBLINE_SECRET, else the one in the home folder: 64 hex digits, made on the first start, its owner's alone. */
export async function secretOf(variables: Variables): Promise<string> {
  if (variables.PLUMBLINE_SECRET) return variables.PLUMBLINE_SECRET
  const home = homeOf(variables)
  const path = join(home, 'secret')
  const made = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
  await mkdir(home, { recursive: true })
  await writeFile(path, made, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readFile(path, 'utf8')).trim()
}
