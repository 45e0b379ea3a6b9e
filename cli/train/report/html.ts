/** Text that is HTML already. Only `html` and `trusted` make it. */
export type Html = { readonly html: string }

type Part = Html | string | number | null | undefined | readonly Part[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A template whose every hole is escaped, for text and for quoted attributes, but for what is HTML already: a model's
 * text can't become a tag. Lists are put one after another, null and undefined are nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: strings.map((text, index) => text + render(parts[index])).join('') }
}

/** Marks what we drew or wrote ourselves. */
export const trusted = (text: string): Html => ({ html: text })

function render(part: Part): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return 'html' in part ? part.html : part.map(render).join('')
}

/** Control characters that HTML has no way to write are shown as their pictures (U+2400 and on). */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/\p{Cc}/gu, picture)
}

function picture(character: string): string {
  if (character === '\n' || character === '\t') return character
  const code = character.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd'
}
