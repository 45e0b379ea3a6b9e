import { firstCharacter, strip, withoutPunctuation } from '../python-text.ts'

/** One code point that is an emoji by itself: no digit, no half of a flag. */
const EMOJI = /^(?![#*0-9])(?!\p{RI})\p{Emoji}$/u

/** Whether one of the sentence's last two characters is an emoji, or the first of the next sentence. */
export function endsInEmoji(sentence: string, next: string | undefined): boolean {
  const text = strip(withoutPunctuation(sentence))
  if (text === '') return false
  const [before, last] = lastTwo(text)
  return EMOJI.test(last) || EMOJI.test(before) || startsInEmoji(next ?? '')
}

const startsInEmoji = (sentence: string) => EMOJI.test(firstCharacter(strip(withoutPunctuation(sentence))))

/** The last two code points: a variation selector may follow an emoji. */
function lastTwo(text: string): [before: string, last: string] {
  const characters = [...text.slice(-4)]
  return [characters.at(-2) ?? '', characters.at(-1) ?? '']
}
