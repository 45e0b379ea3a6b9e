import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { run } from './command.ts'

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
})

/** Every package of package.json is in the lockfile, in a version that fits, and each has its digest. */
export async function lockfileFaults(): Promise<string | null> {
  const tree = await run(['npm', 'ls', '--all', '--package-lock-only'])
  if (tree.code !== 0) return tree.output
  const { packages } = lockfile.parse(JSON.parse(await readFile('package-lock.json', 'utf8')))
  const bare = Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.integrity)
  return bare.length === 0
    ? null
    : `No integrity in package-lock.json: ${bare.map(([path]) => path).join(', ')}`
}
