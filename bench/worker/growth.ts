import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AXES } from './growth-axes.ts'
import type { Setting } from './setting.ts'

const PROGRAM = fileURLToPath(new URL('./growth-along.ts', import.meta.url))

/**
 * Time and memory of a judgment (of all of a group's) along each axis; best of the rounds. The points are printed,
 * and written to `file` for `plot:worker` to draw.
 */
export async function measureGrowth({ threads, rounds }: Setting, file?: string): Promise<void> {
  let points = ''
  for (const { name } of AXES) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      PROGRAM,
      name,
      String(threads),
      String(rounds),
    ])
    process.stdout.write(stdout)
    points += stdout
  }
  if (file !== undefined) await writeFile(file, points)
}
