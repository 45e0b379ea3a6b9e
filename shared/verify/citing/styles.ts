/** Where a text ends and its list of references begins, by the words that head one. */
const HEADING =
  /^[ \t]*(?:#{1,6}[ \t]*)?\**(?:references|bibliography|works cited|sources|notes|footnotes|citations)\**:?\**[ \t]*$/im

/** What a text cites, and the entries that its references have, by the same labels. */
export type Citations = { cited: string[]; entries: string[] }

/** The text and its list of references; without a heading the list is what the style itself marks. */
export function splitReferences(text: string): { body: string; list: string | null } {
  const headings = [...text.matchAll(new RegExp(HEADING, 'gim'))]
  const last = headings.at(-1)
  if (!last) return { body: text, list: null }
  return { body: text.slice(0, last.index), list: text.slice(last.index + last[0].length) }
}

/** How texts cite: each finds what is cited and what is listed. */
export const STYLES = {
  /** `[1]`, `[2, 5]`, `[3-5]`, and a list of `[1] ...` or `1. ...`. */
  numeric(text: string): Citations {
    const { body, list } = splitReferences(text)
    const entry = /^[ \t]*(?:\[(\d{1,4})\](?!\()|(\d{1,4})[.)])[ \t]*\S/gm
    const bare = /^[ \t]*\[(\d{1,4})\](?:[ \t]+|:[ \t]*)\S/gm
    const listed = (list ?? text).matchAll(list === null ? bare : entry)
    const inBody = list === null ? text.replace(bare, '') : body
    const cited = [...inBody.matchAll(/\[(\d{1,4}(?:[ \t]*[,;–-][ \t]*\d{1,4}){0,63})\](?!\()/g)]
    return {
      cited: cited.flatMap(([, inside = '']) => numbersOf(inside)),
      entries: [...listed].map(([, bracketed, dotted]) => String(Number(bracketed ?? dotted))),
    }
  },
  /** `(Lin, 2004)`, `(Chen & Cherry, 2014; Lin, 2004)`, `Lin et al. (2004)`, and a list with name and year. */
  author_year(text: string): Citations {
    const { body, list } = splitReferences(text)
    const inside = [...body.matchAll(/\(([^()]{1,300}?\b\d{4}[a-z]?)\)/g)].flatMap(([, words = '']) =>
      words.split(';').flatMap((one) => labelOf(one)),
    )
    const before =
      /(\p{Lu}[\p{L}'’-]{1,40})(?:[ \t]+et[ \t]+al\.|[ \t]+(?:and|&)[ \t]+\p{Lu}[\p{L}'’-]{1,40})?[ \t]+\((\d{4}[a-z]?)[,)]/gu
    const narrative = [...body.matchAll(before)].map(
      ([, name = '', year = '']) => `${name.toLowerCase()} ${year}`,
    )
    const entries = (list ?? '').split('\n').flatMap((line) => labelOf(line))
    return { cited: [...inside, ...narrative], entries }
  },
  /** Footnotes of Markdown: `[^1]`, and `[^1]: https://...`. */
  footnote(text: string): Citations {
    const definition = /^[ \t]{0,3}\[\^([^\]\s]{1,64})\]:[ \t]*\S/gm
    const entries = [...text.matchAll(definition)].map(([, label = '']) => label.toLowerCase())
    const cited = [...text.matchAll(/\[\^([^\]\s]{1,64})\](?!:)/g)].map(([, label = '']) =>
      label.toLowerCase(),
    )
    return { cited, entries }
  },
} as const

/** `3-5` is three of them; what spans more than this is no citation, and counts as its two ends. */
const LONGEST_RANGE = 50

function numbersOf(inside: string): string[] {
  return inside.split(/[,;]/).flatMap((part) => {
    const [first = 0, last = first] = part.split(/[–-]/).map(Number)
    if (last - first >= LONGEST_RANGE) return [String(first), String(last)]
    const length = Math.max(last - first + 1, 1)
    return Array.from({ length }, (_, index) => String(first + index))
  })
}

/** A name in front and a year behind it: "Lin, C.-Y. (2004). ROUGE" and "Lin, 2004" are both `lin 2004`. */
function labelOf(text: string): string[] {
  const name = /(\p{Lu}[\p{L}'’-]{1,40})/u.exec(text)?.[1]
  const year = /\b(\d{4}[a-z]?)\b/.exec(text)?.[1]
  return name && year ? [`${name.toLowerCase()} ${year}`] : []
}
