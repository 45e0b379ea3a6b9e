import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { defaultHome } from '../../gpu-worker/weights/home.ts'

const run = promisify(execFile)

/** What is measured beside us. */
const PACKAGES = ['torch', 'transformers', 'peft']

/** An interpreter that has PyTorch, transformers and peft: made in the cache's folder, once. */
export async function pythonWithPeft(): Promise<string> {
  const folder = join(defaultHome(process.env), 'bench', 'python')
  const python = join(folder, 'bin', 'python')
  const made = await access(python).then(
    () => true,
    () => false,
  )
  if (!made) await run('python3', ['-m', 'venv', folder])
  console.error(`Installing ${PACKAGES.join(', ')} into ${folder} where they are missing`)
  await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES])
  return python
}
