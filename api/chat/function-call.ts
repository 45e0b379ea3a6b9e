import * as z from 'zod'

/** A function that a client describes, as chat completions have it. */
export type ChatTool = {
  type: 'function'
  function: { name: string; description?: string; parameters?: object; strict?: boolean }
}

/** A call of a function that a reply makes. `arguments` is JSON text, cut off where the reply was. */
export type FunctionCall = { id: string; name: string; arguments: string }

/** The calls of a whole message of a chat completion; one without an id is given one. */
export const functionCalls = z
  .array(
    z.object({ id: z.string().nullish(), function: z.object({ name: z.string(), arguments: z.string() }) }),
  )
  .nullish()
  .transform((calls): FunctionCall[] =>
    (calls ?? []).map((call) => ({ id: call.id || newCallId(), ...call.function })),
  )

/** The same in a piece of a streamed one: the first piece of a call names its function, all add to its arguments. */
export const functionCallPieces = z
  .array(
    z.object({
      index: z.int().min(0),
      id: z.string().nullish(),
      function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
    }),
  )
  .nullish()
export type FunctionCallPiece = NonNullable<z.infer<typeof functionCallPieces>>[number]

/** Calls by their index, put together from pieces. */
export class GrowingCalls {
  readonly #calls = new Map<number, FunctionCall>()

  /** Adds a piece, and gives its call as it is now; one that has not named its function is none. */
  add({ index, id, function: said }: FunctionCallPiece): FunctionCall | null {
    const known = this.#calls.get(index)
    const call = known ?? (said?.name ? { id: id || newCallId(), name: said.name, arguments: '' } : null)
    if (!call) return null
    this.#calls.set(index, call)
    call.arguments += said?.arguments ?? ''
    return call
  }
}

const newCallId = () => `call_${crypto.randomUUID().replaceAll('-', '')}`
