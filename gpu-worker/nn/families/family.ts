import type { GgufFile } from '../../weights/gguf.ts'

/** What tells one family of decoders from another. A family is a file beside this one and a line of the table. */
export type Family = {
  /** GGUF's name for it; prefix of its metadata keys. */
  architecture: string
  /** Which channels of a head rotate together: neighbours, or one of each half. */
  rotary: 'neighbours' | 'halves'
  /** Why this file of the family can't be run ("uses ...; use ..."), or null. */
  refuses(file: GgufFile): string | null
}
