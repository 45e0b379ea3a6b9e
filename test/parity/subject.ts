import { join } from 'node:path'
import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { openEngine } from '../../gpu-worker/generate/open-engine.ts'
import { createTokenizer, type Tokenizer } from '../../gpu-worker/text/tokenizer.ts'
import { readGguf } from '../../gpu-worker/weights/gguf.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import { resolveModel } from '../../gpu-worker/weights/resolve.ts'
import { storeWeights } from '../../gpu-worker/weights/store.ts'
import { writeFloat32Gguf } from './f32-gguf.ts'

/** The model under comparison: our engine on it, its file, and the same numbers as float32 GGUF. */
export type Subject = { engine: Engine; tokenizer: Tokenizer; quantised: string; float32: string }

export async function openSubject(reference: string, threads: number): Promise<Subject> {
  const home = defaultHome(process.env)
  const engine = await openEngine({ reference, home, threads })
  const { path, digest } = await resolveModel(reference, { home, onProgress: () => {} })
  const file = await readGguf(path)
  const store = await storeWeights(file, join(home, 'weights', digest), () => {})
  const float32 = join(home, 'parity', `${digest}.f32.gguf`)
  await writeFloat32Gguf(path, store, float32)
  return {
    engine,
    tokenizer: createTokenizer((await readCheckpoint({ path })).tokenizer),
    quantised: path,
    float32,
  }
}
