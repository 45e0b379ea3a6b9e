import { join } from 'node:path'
import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { openEngine } from '../../gpu-worker/generate/open-engine.ts'
import { createTokenizer, type Tokenizer } from '../../gpu-worker/text/tokenizer.ts'
import { resolveModel } from '../../gpu-worker/weights/fetch/resolve.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import { writeGguf } from './gguf-file.ts'

/** The model under comparison: our engine on it in float32, its file, and the same numbers as float32 GGUF. */
export type Subject = { engine: Engine; tokenizer: Tokenizer; quantised: string; float32: string }

export async function openSubject(reference: string, threads: number): Promise<Subject> {
  const home = defaultHome(process.env)
  const engine = await openEngine({ reference, home, threads, precision: 'float32' })
  const { path, digest } = await resolveModel(reference, { home, onProgress: () => {} })
  const float32 = join(home, 'parity', `${digest}.f32.gguf`)
  await writeGguf(path, 'F32', float32)
  const { tokenizer } = await readCheckpoint({ path })
  return { engine, tokenizer: createTokenizer(tokenizer), quantised: path, float32 }
}
