import { lesserKnown } from './lesser-languages.ts'

/** Windows of the text that are looked at, and their length: the library reads no further than that in one go. */
const WINDOWS = 5
const WINDOW = 300

/**
 * The language that most of the text is written in, as ISO 639-1 ("en", "zh"); null when there is nothing to tell it by.
 * Windows spread over the whole text are scored by the n-grams of 60 languages (eld, its smallest table) and their scores
 * added up; Nepali and Swahili, which the table has not, are told by their commonest words. The table is read
 * on the first call, so that starting does not wait for it.
 */
export async function detectLanguage(text: string): Promise<string | null> {
  const { eld } = await import('eld/extrasmall')
  const sums = new Map<string, number>()
  for (const window of windows(text)) {
    for (const [language, score] of Object.entries(eld.detect(window).getScores())) {
      sums.set(language, (sums.get(language) ?? 0) + score)
    }
  }
  const [best] = [...sums].sort(([, a], [, b]) => b - a)
  return best ? (lesserKnown(text, best[0]) ?? best[0]) : null
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
