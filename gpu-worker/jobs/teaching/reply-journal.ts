import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Generation } from '../../../shared/model/language-model.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import { toStorageError, writeWhole } from '../keep.ts'

const count = z.int().min(0)
const line = z.object({
  key: z.string(),
  text: z.string(),
  finish: z.enum(['stop', 'length']),
  tokens: z.object({ prompt: count, completion: count, cached: count }),
})

/** What a teacher answered, kept as it came: a JSON line a reply, on the disk before anybody reads it. */
export class ReplyJournal {
  readonly #file: number
  readonly #replies: Map<string, Generation>
  readonly #before: number
  #bytes: number

  /** Opens the file, or makes it, and cuts off a last line that a killed process left unfinished. */
  constructor(path: string) {
    this.#file = openSync(path, 'a+', 0o600)
    const bytes = readFileSync(path)
    this.#bytes = bytes.lastIndexOf(10) + 1
    ftruncateSync(this.#file, this.#bytes)
    const lines = bytes.subarray(0, this.#bytes).toString().split('\n')
    this.#replies = new Map(
      lines.flatMap((text) => {
        const read = line.safeParse(jsonOrNull(text))
        return read.success ? [[read.data.key, read.data]] : []
      }),
    )
    this.#before = this.#replies.size
  }

  get size(): number {
    return this.#replies.size
  }

  /** Replies that came since it was opened. */
  get fresh(): number {
    return this.#replies.size - this.#before
  }

  get tokens(): { prompt: number; completion: number } {
    const all = [...this.#replies.values()]
    return {
      prompt: all.reduce((sum, { tokens }) => sum + tokens.prompt, 0),
      completion: all.reduce((sum, { tokens }) => sum + tokens.completion, 0),
    }
  }

  reply(key: string): Generation | null {
    return this.#replies.get(key) ?? null
  }

  /** The disk has the reply once this returns. Throws `storage_full` where the disk is. */
  keep(key: string, reply: Generation): void {
    const kept: z.infer<typeof line> = { ...reply, key }
    const bytes = Buffer.from(`${JSON.stringify(kept)}\n`)
    try {
      writeWhole(this.#file, bytes)
      fsyncSync(this.#file)
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes)
      throw toStorageError(error)
    }
    this.#bytes += bytes.length
    this.#replies.set(key, reply)
  }

  close(): void {
    closeSync(this.#file)
  }
}
