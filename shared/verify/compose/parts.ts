import * as z from 'zod'
import { fencedBlocks } from '../code/fences.ts'
import { parseJson } from '../json-text.ts'
import { PASSAGES } from '../passages.ts'

const pointer = z
  .string()
  .max(256)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON Pointer such as "/answer"')
const marker = z.string().min(1).max(256)

/** One part of a response. */
export const select = z.union([
  z.enum(['first_line', 'last_line', 'first_paragraph', 'last_paragraph', 'first_sentence', 'last_sentence']),
  z.strictObject({
    fence: z.string().max(32).nullable().describe('The first fenced block of this language; null is of any.'),
  }),
  z.strictObject({ section: marker.describe('What stands under the Markdown heading of this text.') }),
  z.strictObject({ after: marker.describe('What follows the last such text.') }),
  z.strictObject({ before: marker.describe('What precedes the first such text.') }),
  z.strictObject({ json_pointer: pointer.describe('A value of a response that is JSON (RFC 6901).') }),
])
export type Select = z.infer<typeof select>

/** What a response is divided into. */
export const over = z.union([
  z.enum(['lines', 'paragraphs', 'sentences', 'fences']),
  z.strictObject({
    json_pointer: pointer.describe('The items of this array, or the values of this object.'),
  }),
])
export type Over = z.infer<typeof over>

const ITEMS = {
  ...PASSAGES,
  fences: (text: string) => fencedBlocks(text).map(({ content }) => content),
}

/** The items of a text, in order; null where it has no such thing (it is no JSON, or nothing is there). */
export function itemsOf(over: Over, text: string): string[] | null {
  if (typeof over === 'string') return ITEMS[over](text)
  const value = valueAt(text, over.json_pointer)
  return typeof value === 'object' && value !== null ? Object.values(value).map(asText) : null
}

/** The part of a text; null where it has none. */
export function partOf(select: Select, text: string): string | null {
  if (typeof select === 'string') return NAMED[select](text) ?? null
  if ('fence' in select) return fenceOf(select.fence, text)
  if ('section' in select) return sectionOf(select.section, text)
  if ('after' in select) {
    const at = text.lastIndexOf(select.after)
    return at < 0 ? null : text.slice(at + select.after.length)
  }
  if ('before' in select) {
    const at = text.indexOf(select.before)
    return at < 0 ? null : text.slice(0, at)
  }
  const value = valueAt(text, select.json_pointer)
  return value === undefined ? null : asText(value)
}

const NAMED: { [Name in Extract<Select, string>]: (text: string) => string | undefined } = {
  first_line: (text) => PASSAGES.lines(text)[0],
  last_line: (text) => PASSAGES.lines(text).at(-1),
  first_paragraph: (text) => PASSAGES.paragraphs(text)[0],
  last_paragraph: (text) => PASSAGES.paragraphs(text).at(-1),
  first_sentence: (text) => PASSAGES.sentences(text)[0],
  last_sentence: (text) => PASSAGES.sentences(text).at(-1),
}

function fenceOf(language: string | null, text: string): string | null {
  const named = language?.toLowerCase()
  return fencedBlocks(text).find((block) => named === undefined || block.language === named)?.content ?? null
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/

function sectionOf(title: string, text: string): string | null {
  const lines = text.split(/\r?\n/)
  const headings = lines.flatMap((line, index) => {
    const [, marks = '', words = ''] = HEADING.exec(line) ?? []
    return marks === '' ? [] : [{ index, level: marks.length, title: words.replace(/#+$/, '').trim() }]
  })
  const wanted = title.trim().toLowerCase()
  const from = headings.find((heading) => heading.title.toLowerCase() === wanted)
  if (!from) return null
  const to = headings.find(({ index, level }) => index > from.index && level <= from.level)
  return lines
    .slice(from.index + 1, to?.index)
    .join('\n')
    .trim()
}

/** The value of JSON, bare or in one fence, that a JSON Pointer names; undefined where there is none. */
function valueAt(text: string, path: string): unknown {
  const parsed = parseJson(text, true)
  if (!parsed.ok) return undefined
  const keys = path.split('/').slice(1)
  return keys
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? Reflect.get(value, key)
          : undefined,
      parsed.value,
    )
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
