import { seededRandom } from '../../shared/statistics/random.ts'
import { applyMask } from '../text/constrained/apply-mask.ts'
import type { Constraint } from '../text/constraint.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { GeneratedToken, GenerateEvent, GenerateRequest, TokenLogprob } from './engine.ts'
import { ReplyText } from './reply-text.ts'
import { logSumExp, sample, topIndices } from './sampler.ts'

export type ReplyOptions = {
  request: Omit<GenerateRequest, 'messages' | 'constraint' | 'signal'>
  tokenizer: Pick<Tokenizer, 'bytes' | 'ends' | 'isControl'>
  constraint: Constraint | null
  /** The most tokens it may have: at least one. */
  limit: number
  onToken: (event: Extract<GenerateEvent, { type: 'token' }>) => void
}

/**
 * A reply under way: draws a token from each row of logits that it is given, with randomness of its own, until it
 * ends. Log-probabilities are those of the model, before temperature, top-p and constraint have their say.
 */
export class Reply {
  readonly #options: ReplyOptions
  readonly #random
  readonly #text: ReplyText
  readonly #written: number[] = []
  #finish: 'stop' | 'length' | null = null
  #ending: TokenLogprob | undefined

  constructor(options: ReplyOptions) {
    this.#options = options
    this.#random = seededRandom(options.request.seed)
    this.#text = new ReplyText(options.request.stop)
  }

  /** The tokens written so far. */
  get written(): readonly number[] {
    return this.#written
  }

  /** Why it ended; null while it goes on. */
  get finish(): 'stop' | 'length' | null {
    return this.#finish
  }

  /** The token by which the model ended it, if it did. */
  get ending(): TokenLogprob | undefined {
    return this.#ending
  }

  /** The text held back until now; to be asked for once, at the end. */
  rest(): string {
    return this.#text.end()
  }

  /**
   * Takes the logits after its last token, which it may change, and writes the next. Returns that token where its own
   * logits are wanted next, null once the reply has ended. Throws what its constraint throws.
   */
  take(logits: Float32Array): number | null {
    const { request, tokenizer, constraint, limit } = this.#options
    const normaliser = logSumExp(logits)
    const describe = (token: number): TokenLogprob => describeToken(tokenizer, token, logits, normaliser)
    const top = topIndices(logits, request.topLogprobs).map(describe)
    if (constraint) applyMask(logits, constraint.mask())
    const id = sample(logits, request, this.#random)
    if (tokenizer.ends.has(id)) {
      this.#ending = describe(id)
      return this.#end('stop')
    }

    constraint?.accept(id)
    this.#written.push(id)
    const text = tokenizer.isControl(id) ? '' : this.#text.push(tokenizer.bytes(id))
    const token: GeneratedToken = { ...describe(id), top }
    this.#options.onToken({ type: 'token', text, token })
    if (this.#text.stopped || constraint?.complete) return this.#end('stop')
    return this.#written.length < limit ? id : this.#end('length')
  }

  #end(finish: 'stop' | 'length'): null {
    this.#finish = finish
    return null
  }
}

function describeToken(
  tokenizer: ReplyOptions['tokenizer'],
  id: number,
  logits: Float32Array,
  normaliser: number,
): TokenLogprob {
  const bytes = tokenizer.bytes(id)
  return {
    id,
    text: new TextDecoder().decode(bytes),
    bytes: [...bytes],
    logprob: (logits[id] ?? Number.NaN) - normaliser,
  }
}
