import { splitSentences } from './instructions/sentences.ts'

/** What a text is divided into, for those who count its parts and those who check each: blank ones are none. */
export const PASSAGES = {
  lines: (text: string) => text.split(/\r?\n/).filter(isFilled),
  paragraphs: (text: string) =>
    text
      .split(/\n[ \t\r]*\n/)
      .map((paragraph) => paragraph.trim())
      .filter(isFilled),
  sentences: (text: string) => splitSentences(text).filter(isFilled),
} as const

function isFilled(text: string): boolean {
  return text.trim() !== ''
}
