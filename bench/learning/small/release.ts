import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'

const SUMS = 'SHA256SUMS'

/**
 * Puts what a run trained and its report into a folder of their own, with the SHA-256 of every file as `sha256sum -c`
 * reads them.
 */
export async function writeRelease(
  run: { final: string; reports: readonly string[] },
  to: string,
): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await mkdir(to, { recursive: true })
  for (const role of ['judge', 'generator']) {
    await cp(join(run.final, 'adapters', role), join(to, role), { recursive: true })
  }
  for (const path of run.reports) await cp(path, join(to, basename(path)))
  const entries = await readdir(to, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const sums = await Promise.all(
    files.sort().map(async (path) => {
      const sum = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      return `${sum}  ${relative(to, path)}\n`
    }),
  )
  await writeFile(join(to, SUMS), sums.join(''))
}
