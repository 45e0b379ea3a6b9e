import { canonicalJson } from './canonical-json.ts'
import { sha256 } from './hash.ts'

/** A seed derived from content, 31 bits of its hash: the same content has the same seed, whoever asks. */
export async function seedOf(content: unknown): Promise<number> {
  return Number.parseInt((await sha256(canonicalJson(['seed', content]))).slice(0, 8), 16) >>> 1
}
