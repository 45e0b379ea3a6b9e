import { lesserKnown } from './lesser-languages.ts'

/** Windows of the text that are looked at, and their length: the library reads no further than that in one go. */
const WINDOWS = 5
const WINDOW = 300

/**
 * The language that most of the text is written in, as ISO 639-1 ("en", "zh"); null when there is nothing to tell it by.
 * Windows spread over the whole text are scored by the n-grams of 60 languages (eld, its smallest table) and their scores
 * added up, the first and the last alone where they name the same one without doubt; Nepali and Swahili, which the table has not, are told by their commonest words. The table is read
 * on the first call, so that starting does not wait for it.
 */
export async function detectLanguage(text: string): Promise<string | null> {
  const { eld } = await import('eld/extrasmall')
  const parts = windows(text)
  const [first, last] = [parts[0], parts.at(-1)].map((part) => eld.detect(part ?? ''))
  const agreed = first?.language === last?.language && first?.isReliable() && last?.isReliable()
  const best = agreed ? first?.language : strongest(parts.map((part) => eld.detect(part).getScores()))
  return best ? (lesserKnown(text, best) ?? best) : null
}

/** The language whose scores add up to the most. */
function strongest(scores: Record<string, number>[]): string | undefined {
  const sums = new Map<string, number>()
  for (const window of scores) {
    for (const [language, score] of Object.entries(window)) {
      sums.set(language, (sums.get(language) ?? 0) + score)
    }
  }
  return [...sums].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** Parts of the text that hold letters, from its beginning to its end. */
function windows(text: string): string[] {
  if (text.length <= WINDOW * WINDOWS) return cut(text)
  const stride = (text.length - WINDOW) / (WINDOWS - 1)
  return Array.from({ length: WINDOWS }, (_, index) => {
    const start = Math.floor(index * stride)
    return text.slice(start, start + WINDOW)
  })
}

const cut = (text: string) =>
  Array.from({ length: Math.ceil(text.length / WINDOW) }, (_, index) =>
    text.slice(index * WINDOW, (index + 1) * WINDOW),
  )
