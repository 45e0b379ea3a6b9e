import type { ServerEvent } from '../event-bytes.ts'
import type { FunctionCall } from '../function-call.ts'
import {
  callItemId,
  contentPart,
  messageId,
  outputCall,
  outputMessage,
  type ResponseHead,
  type Said,
  shownLogprobs,
} from './response.ts'

type Event = (type: string, fields: object) => ServerEvent

/**
 * The items of a streamed response, in the order in which they began: the message with the first word of it, a call with
 * its name. All end with the stream, since some servers go back from one to the other.
 */
export class StreamedItems {
  readonly #head: ResponseHead
  readonly #said: Said
  readonly #event: Event
  readonly #begun: ('message' | FunctionCall)[] = []

  /** `said` is what was said so far, as it grows; `event` numbers an event. */
  constructor(head: ResponseHead, said: Said, event: Event) {
    this.#head = head
    this.#said = said
    this.#event = event
  }

  /** The events by which the message grows. */
  *speak(type: string, fields: object): Generator<ServerEvent, void> {
    yield* this.#beginMessage()
    yield this.#event(type, { ...this.#place(), ...fields })
  }

  /** The events by which a call grows, which begin it where it is new. */
  *call(call: FunctionCall, delta: string): Generator<ServerEvent, void> {
    if (!this.#begun.includes(call)) {
      this.#begun.push(call)
      const item = { ...this.#item(call), arguments: '', status: 'in_progress' }
      yield this.#event('response.output_item.added', { output_index: this.#begun.indexOf(call), item })
    }
    if (delta === '') return
    yield this.#event('response.function_call_arguments.delta', { ...this.#placeOf(call), delta })
  }

  /** The events that end every item; an answer in which nothing was said holds an empty message. */
  *end(): Generator<ServerEvent, void> {
    if (this.#begun.length === 0) yield* this.#beginMessage()
    for (const [output_index, one] of this.#begun.entries()) {
      if (one === 'message') yield* this.#endMessage()
      else {
        const said = { name: one.name, arguments: one.arguments }
        yield this.#event('response.function_call_arguments.done', { ...this.#placeOf(one), ...said })
      }
      yield this.#event('response.output_item.done', { output_index, item: this.#item(one) })
    }
  }

  /** The items as they are now. */
  shown() {
    return this.#begun.map((one) => this.#item(one))
  }

  *#beginMessage(): Generator<ServerEvent, void> {
    if (this.#begun.includes('message')) return
    this.#begun.push('message')
    const place = this.#place()
    const item = { ...this.#item('message'), status: 'in_progress', content: [] }
    yield this.#event('response.output_item.added', { output_index: place.output_index, item })
    const part = contentPart({ text: '', refusal: null, logprobs: [] })
    yield this.#event('response.content_part.added', { ...place, part })
  }

  *#endMessage(): Generator<ServerEvent, void> {
    const [place, part] = [this.#place(), contentPart(this.#said)]
    if (part.type === 'refusal') {
      yield this.#event('response.refusal.done', { ...place, refusal: part.refusal })
    } else {
      const { text, logprobs } = this.#said
      const done = { ...place, text, logprobs: shownLogprobs(logprobs) }
      yield this.#event('response.output_text.done', done)
    }
    yield this.#event('response.content_part.done', { ...place, part })
  }

  #place() {
    const output_index = this.#begun.indexOf('message')
    return { item_id: messageId(this.#head), output_index, content_index: 0 }
  }

  #placeOf(call: FunctionCall) {
    const item_id = callItemId(this.#head, this.#said.calls.indexOf(call))
    return { item_id, output_index: this.#begun.indexOf(call) }
  }

  #item(one: 'message' | FunctionCall) {
    if (one === 'message') return outputMessage(this.#head, this.#said)
    return outputCall(this.#head, this.#said, one, this.#said.calls.indexOf(one))
  }
}
