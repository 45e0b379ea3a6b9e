import { canonicalJson } from '../identity/canonical-json.ts'
import { sha256 } from '../identity/hash.ts'
import { JUDGE_VERSION } from '../identity/key.ts'
import type { LanguageModel } from './language-model.ts'

/**
 * Pieces that several judgments share: an intent a prompt, a rubric a pair, the answers to neutral questions.
 * `recall` gives the value of a key, or what `make` returns, which is kept; concurrent calls of a key share
 * one `make`, and a `make` that fails keeps nothing.
 */
export type Memory = {
  recall<T>(key: string, make: () => Promise<T>): Promise<T>
}

/** The key of a piece: what kind it is, the model that makes it and all that it is made from. */
export function memoryKey(
  kind: string,
  model: Pick<LanguageModel, 'identity' | 'instantiate'>,
  content: unknown,
): Promise<string> {
  return sha256(canonicalJson([kind, JUDGE_VERSION, model.identity, model.instantiate, content]))
}
