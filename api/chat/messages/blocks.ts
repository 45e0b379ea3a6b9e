import type { ServerEvent } from '../event-bytes.ts'

/** The blocks of a streamed message, one after the other: whoever says another thing ends the block before. */
export class Blocks {
  #current: string | null = null
  #index = -1

  /** The events that add `delta` to the block named `key`, which begins as `empty`. */
  say(key: string, empty: object, delta: object): ServerEvent[] {
    const begun = this.#current === key ? [] : this.#begin(key, empty)
    return [...begun, this.#event('content_block_delta', { delta })]
  }

  /** The events that end the last block; a message in which nothing was said holds an empty text. */
  end(): ServerEvent[] {
    const begun = this.#current === null ? this.#begin('text', { type: 'text', text: '' }) : []
    return [...begun, this.#event('content_block_stop', {})]
  }

  #begin(key: string, empty: object): ServerEvent[] {
    const ended = this.#current === null ? [] : [this.#event('content_block_stop', {})]
    this.#current = key
    this.#index++
    return [...ended, this.#event('content_block_start', { content_block: empty })]
  }

  #event(type: string, fields: object): ServerEvent {
    return { name: type, data: { type, index: this.#index, ...fields } }
  }
}
