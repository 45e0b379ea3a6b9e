import type { Admission, Admitted } from './admission.ts'
import type { GenerateEvent } from './engine.ts'
import type { Reader } from './reader.ts'
import type { Reply } from './reply.ts'
import type { Outcome, Writer } from './writer.ts'

/** Tokens of a reply that memory is set aside for before it begins; for more it is when they come. */
const AHEAD = 256

export type GenerationParts = { reader: Reader; writer: Writer; admission: Admission }

export type Generation = {
  prompt: readonly number[]
  /** The most tokens of the reply. */
  limit: number
  reply: Reply
  adapter: string | null
  caller: string
  signal?: AbortSignal | undefined
  onStart: () => void
}

/**
 * One reply from its queue to its end: the prompt is read, the first token drawn from what follows it, the others in
 * the running batch. Where memory runs out it goes back into the queue, and is then read with what it has written.
 * Returns the event that ends it. Throws the signal's reason between two passes.
 */
export async function generate(
  parts: GenerationParts,
  generation: Generation,
): Promise<Extract<GenerateEvent, { type: 'end' }>> {
  const { prompt, reply, onStart } = generation
  const arrived = performance.now()
  let admitted = await enter(parts, generation)
  const started = performance.now()
  onStart()
  const { cached, read, ended } = await begin(parts, generation, admitted)
  for (let outcome = await ended; outcome === 'evicted'; ) {
    admitted = await enter(parts, generation)
    outcome = await (await begin(parts, generation, admitted)).ended
  }
  return {
    type: 'end',
    text: reply.rest(),
    finish: reply.finish ?? 'length',
    ...(reply.ending && { ending: reply.ending }),
    tokens: { prompt: prompt.length, completion: reply.written.length, cached },
    timing: { queued: started - arrived, prefill: read - started, decode: performance.now() - read },
  }
}

function enter({ admission }: GenerationParts, generation: Generation): Promise<Admitted> {
  const { prompt, limit, reply, caller, signal } = generation
  const read = prompt.length + reply.written.length
  const left = limit - reply.written.length
  const need = { prompt: read, row: left > 1 ? read + Math.min(left, AHEAD) : null }
  return admission.enter({ kind: 'reply', caller, need: () => need, signal })
}

/** When the text had been read, how much of it was cached, and how the reply will come out of the batch. */
type Begun = { cached: number; read: number; ended: Promise<Outcome> }

/** Reads the prompt and what is written of the reply, and takes it into the batch unless it ends at once. */
async function begin(
  { reader, writer }: GenerationParts,
  { prompt, reply, adapter, signal }: Generation,
  admitted: Admitted,
): Promise<Begun> {
  const tokens = [...prompt, ...reply.written]
  const last = tokens.length - 1
  const writing = {
    adapter,
    signal,
    take: (logits: Float32Array) => reply.take(logits),
    grow(tokens: number) {
      const grown = admitted.grow(tokens)
      if (grown) reader.shrinkCache()
      return grown
    },
    left: admitted.left,
  }
  let joined = false
  try {
    return await reader.using({ adapter, tokens, until: last, room: tokens.length }, async (sequence) => {
      const cached = sequence.tokens.length
      const [logits] = await reader.read(sequence, tokens, [last], signal)
      const read = performance.now()
      const next = logits ? reply.take(logits) : null
      if (next === null) return { cached, read, ended: Promise.resolve('whole' as const) }
      const { ended } = await writer.join(writing, next, sequence)
      joined = true
      return { cached, read, ended }
    })
  } finally {
    admitted.read()
    if (!joined) admitted.left()
  }
}
