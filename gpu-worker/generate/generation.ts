import type { Admission } from './admission.ts'
import type { GenerateEvent } from './engine.ts'
import type { Reader } from './reader.ts'
import type { Reply } from './reply.ts'
import type { Writer } from './writer.ts'

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
 * the running batch. Returns the event that ends it. Throws the signal's reason between two passes.
 */
export async function generate(
  { reader, writer, admission }: GenerationParts,
  { prompt, limit, reply, adapter, caller, signal, onStart }: Generation,
): Promise<Extract<GenerateEvent, { type: 'end' }>> {
  const arrived = performance.now()
  const need = { prompt: prompt.length, row: limit > 1 ? prompt.length + limit : null }
  const admitted = await admission.enter({ kind: 'reply', caller, need: () => need, signal })
  const started = performance.now()
  const last = prompt.length - 1
  let cached = 0
  let read = started
  const writing = { adapter, signal, take: (logits: Float32Array) => reply.take(logits), left: admitted.left }
  let joined = false
  try {
    onStart()
    const wanted = { adapter, tokens: prompt, until: last, room: prompt.length }
    const rest = await reader.using(wanted, async (sequence) => {
      cached = sequence.tokens.length
      const [logits] = await reader.read(sequence, prompt, [last], signal)
      read = performance.now()
      const next = logits ? reply.take(logits) : null
      if (next === null) return null
      const { ended } = await writer.join(writing, next, sequence)
      joined = true
      return { ended }
    })
    admitted.read()
    await rest?.ended
  } finally {
    admitted.read()
    if (!joined) admitted.left()
  }
  return {
    type: 'end',
    text: reply.rest(),
    finish: reply.finish ?? 'length',
    tokens: { prompt: prompt.length, completion: reply.completion, cached },
    timing: { queued: started - arrived, prefill: read - started, decode: performance.now() - read },
  }
}
