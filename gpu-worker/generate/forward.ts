import type { DecoderConfig } from '../nn/config.ts'
import { PORTS } from '../nn/decoder.ts'
import type { Feeds, Session, Tensor } from '../runtime/session.ts'
import type { KvState } from './kv-state.ts'

/** Tokens a run: a longer prompt is run in pieces, so that it can be given up between them. */
const CHUNK = 256

/** Which of the new tokens get logits. */
export type Rows = 'last' | 'all'

/** Appends tokens to a state and gives the logits after them. */
export class Forward {
  readonly #session: Session
  readonly #config: DecoderConfig

  constructor(session: Session, config: DecoderConfig) {
    this.#session = session
    this.#config = config
  }

  /**
   * Runs at least one token after those of the state, whose keys and values are appended to it. The logits are
   * one row for `last`, one a token for `all`. Throws the signal's reason between pieces.
   */
  async run(
    state: KvState,
    tokens: readonly number[],
    rows: Rows,
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const logits: Float32Array[] = []
    for (let from = 0; from < tokens.length; from += CHUNK) {
      signal?.throwIfAborted()
      const chunk = tokens.slice(from, from + CHUNK)
      const fresh = await this.#step(state, chunk, rows)
      if (rows === 'last') logits.length = 0
      logits.push(...fresh)
    }
    signal?.throwIfAborted()
    return logits
  }

  async #step(state: KvState, tokens: readonly number[], rows: Rows): Promise<Float32Array[]> {
    const wanted = rows === 'last' ? [tokens.length - 1] : [...tokens.keys()]
    const total = state.tokens.length + tokens.length
    const feeds: Record<string, Tensor> = {
      [PORTS.tokens]: int64(tokens, [1, tokens.length]),
      [PORTS.rows]: int64(wanted, [wanted.length]),
      [PORTS.lastPosition]: { dtype: 'int32', dims: [1], data: Int32Array.of(total - 1) },
      [PORTS.total]: { dtype: 'int32', dims: [], data: Int32Array.of(total) },
      ...this.#past(state),
    }
    const [logits, keyValues] = (await this.#session.run(feeds, [PORTS.logits, PORTS.keyValues])).map(float32)
    if (!logits || !keyValues) throw new TypeError('the session gave fewer outputs than it was asked for')
    state.append(tokens, keyValues)
    const { vocabulary } = this.#config
    return wanted.map((_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary))
  }

  #past({ tensors }: KvState): Feeds {
    return Object.fromEntries(
      tensors.map((tensor, part) => {
        const layer = Math.floor(part / 2)
        return [part % 2 === 0 ? PORTS.pastKey(layer) : PORTS.pastValue(layer), tensor]
      }),
    )
  }
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return { dtype: 'int64', dims, data: BigInt64Array.from(values, BigInt) }
}

function float32(tensor: Tensor): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data
  throw new TypeError(`expected float32, got ${tensor.dtype}`)
}
