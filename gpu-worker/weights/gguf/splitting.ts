/** How byte-level tokenizers cut text before merging, as tokenizer.json writes it. */
const split = (digits: string) => ({
  type: 'Split',
  pattern: {
    Regex:
      `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*` +
      '|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  },
  behavior: 'Isolated',
  invert: false,
})

/** Digits in threes. */
export const LLAMA3_SPLIT = split('{1,3}')
/** Each digit by itself. */
export const QWEN2_SPLIT = split('')
