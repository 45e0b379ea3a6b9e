import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeTinyFolder } from '../../gpu-worker/nn/testing/tiny-folder.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from '../../gpu-worker/nn/testing/tiny-models.ts'
import { REFERENCE_POSITIONS, type Reference, readReference, referencePath } from './reference.ts'

/**
 * Computes the logits of every tiny model with transformers, and compares them with those that are kept in
 * test/fixtures/families; `--write` keeps them instead. Needs a Python with torch and transformers:
 * `npm run check:families -- --python /path/to/python`. Prints a JSON line a model and ends with 1 where one differs.
 */

const options = process.argv.slice(2)
const python = options.includes('--python')
  ? (options[options.indexOf('--python') + 1] ?? 'python3')
  : 'python3'
const write = options.includes('--write')
const TOLERANCE = 1e-5

const script = join(import.meta.dirname, 'reference.py')
const home = await mkdtemp(join(tmpdir(), 'plumbline-families-'))
try {
  for (const name of TINY_NAMES) {
    const folder = join(home, name)
    await writeTinyFolder(folder, TINY_MODELS[name])
    const { stdout } = await promisify(execFile)(python, [script, folder, ...TINY_TOKENS.map(String)])
    const all: number[][] = JSON.parse(stdout)
    const logits = REFERENCE_POSITIONS.map((position) => all[position] ?? [])
    if (write) {
      const reference: Reference = { tokens: [...TINY_TOKENS], positions: REFERENCE_POSITIONS, logits }
      await writeFile(referencePath(name), `${JSON.stringify(reference)}\n`)
    }
    const kept = await readReference(name)
    const value = Math.max(
      ...kept.logits.flatMap((row, i) =>
        row.map((logit, j) => Math.abs(logit - (logits[i]?.[j] ?? Number.NaN))),
      ),
    )
    const ok = value <= TOLERANCE
    console.log(JSON.stringify({ name, value, unit: 'largest difference', limit: TOLERANCE, ok }))
    if (!ok) process.exitCode = 1
  }
} finally {
  await rm(home, { recursive: true })
}
