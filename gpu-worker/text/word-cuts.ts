import * as z from 'zod'
import { LLAMA3_SPLIT, QWEN2_SPLIT } from '../weights/gguf/splitting.ts'

/** Between a letter or digit and a space, tab or line break. */
const CUT = /(?<=[\p{L}\p{N}])(?=[ \t\r\n])/u

const added = z.array(
  z.object({
    content: z.string(),
    lstrip: z.boolean().default(false),
    rstrip: z.boolean().default(false),
    single_word: z.boolean().default(false),
  }),
)
const step = z.object({
  type: z.string(),
  pattern: z.unknown().optional(),
  add_prefix_space: z.boolean().default(false),
  content: z.string().optional(),
})
const sequence = z.object({ type: z.literal('Sequence'), pretokenizers: z.array(step) })
const pipeline = z.object({
  normalizer: step.nullable(),
  pre_tokenizer: z
    .union([sequence.transform((found) => found.pretokenizers), step.transform((found) => [found])])
    .nullable(),
  model: z.object({ vocab: z.record(z.string(), z.number()) }),
  added_tokens: added,
})

const SPLITS = [LLAMA3_SPLIT, QWEN2_SPLIT].map((split) => split.pattern.Regex)

/**
 * How a text may be cut so that its tokens are those of its pieces, one after the other: before white space that
 * follows a word, where no step of the tokenizer looks or merges across; not at all where we can't tell.
 */
export function wordCuts(tokenizer: object): (text: string) => string[] {
  const parsed = pipeline.safeParse(tokenizer)
  const cuts = parsed.success && keepsWordsApart(parsed.data)
  return cuts ? (text) => text.split(CUT) : (text) => [text]
}

function keepsWordsApart({
  normalizer,
  pre_tokenizer,
  model,
  added_tokens,
}: z.infer<typeof pipeline>): boolean {
  const plainAdded = added_tokens.every(
    (token) => !token.lstrip && !token.rstrip && !token.single_word && !CUT.test(token.content),
  )
  if (!plainAdded) return false
  if (pre_tokenizer?.some(({ type }) => type === 'ByteLevel')) {
    return (normalizer === null || normalizer.type === 'NFC') && pre_tokenizer.every(endsAtWords)
  }
  // SentencePiece: nothing is split beforehand, so that the vocabulary alone says what may be merged.
  const spaced =
    normalizer?.type === 'Replace' && isString(normalizer.pattern, ' ') && normalizer.content === '\u2581'
  const unsplit =
    pre_tokenizer?.every(({ type, pattern }) => type === 'Split' && isString(pattern, ' ')) ?? true
  return (
    spaced && unsplit && Object.keys(model.vocab).every((token) => !CUT.test(token.replaceAll('\u2581', ' ')))
  )
}

function endsAtWords({ type, pattern, add_prefix_space }: z.infer<typeof step>): boolean {
  const regex = z.object({ Regex: z.string() }).safeParse(pattern)
  if (type === 'Split') return regex.success && SPLITS.includes(regex.data.Regex)
  return type === 'Digits' || (type === 'ByteLevel' && !add_prefix_space)
}

function isString(pattern: unknown, text: string): boolean {
  return z.object({ String: z.literal(text) }).safeParse(pattern).success
}
