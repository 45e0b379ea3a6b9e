const CHARACTER = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]'
const WORDS = new RegExp(`${CHARACTER}|(?:(?!${CHARACTER})[\\p{L}\\p{M}\\p{N}])+`, 'gu')

/**
 * Words as ROUGE counts them (Lin 2004, as google-research's rouge_score has it), in any script: runs of letters and
 * digits in lower case; of Chinese and Japanese, characters.
 */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORDS) ?? []
}

/** Tokens as mteval-v13a cuts them, which BLEU is reported with (Post 2018, sacreBLEU, tokenizer `13a`). */
export function tokens13a(text: string): string[] {
  return ` ${text.replaceAll('<skipped>', '').replace(/-\n/g, '').replace(/\n/g, ' ')} `
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
    .split(/\s+/)
    .filter(Boolean)
}

/** How often each run of `n` tokens occurs. */
export function nGrams(tokens: string[], n: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (let at = 0; at + n <= tokens.length; at++) {
    const gram = tokens.slice(at, at + n).join(' ')
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  return counts
}

/** How many n-grams two texts share, each as often as both have it. */
export function overlap(a: Map<string, number>, b: Map<string, number>): number {
  let shared = 0
  for (const [gram, count] of a) shared += Math.min(count, b.get(gram) ?? 0)
  return shared
}

export function total(grams: Map<string, number>): number {
  let sum = 0
  for (const count of grams.values()) sum += count
  return sum
}
