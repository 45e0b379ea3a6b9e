import { LAYOUTS, type Layout, type Place, type Slot } from './layouts.ts'

/** A text cut by a layout, or the mark in it that stands once too often. */
export type Cut = { forged: string } | Parts

type Parts = {
  parts: { slot: Slot; text: string; name: string | null }[]
  /** What stands outside the places, in the order of the text. */
  rest: string
}

type Opening = { place: Place; at: number; end: number; name: string | null }

/**
 * Cuts a text by the layout that it is in; null where it is in none. `instructions` are those given apart.
 *
 * Of layouts that all fit, the text is in the one whose marks come first: the true one opens before anything that a
 * response says, so that a response which holds a layout of its own stays a response. A place ends at the last of its
 * closing marks before the next place opens, so that a response which quotes its own closing mark stays whole. An
 * opening mark that stands twice can't be told from one that a response brought along, and is never guessed at; but the
 * first mark of all stands before everything that a response says.
 */
export function cutLayout(text: string, instructions: string): Cut | null {
  let openings: Opening[] | null = null
  for (const layout of LAYOUTS) {
    const found = openingsOf(layout, text)
    if (found === null || (openings !== null && !opensEarlier(found, openings))) continue
    if (layout.asks === undefined || `${instructions}\n${cutAt(found, text).rest}`.includes(layout.asks))
      openings = found
  }
  if (openings === null) return null
  const forged = findForged(openings, text)
  return forged === null ? cutAt(openings, text) : { forged }
}

/** Whether the first mark in which two layouts differ comes earlier in the first of them. */
function opensEarlier(some: Opening[], others: Opening[]): boolean {
  const at = some.findIndex((one, index) => one.at !== others[index]?.at)
  return (some[at]?.at ?? 0) < (others[at]?.at ?? 0)
}

/** Where the places open, if each does, in the order of the layout. */
function openingsOf({ places }: Layout, text: string): Opening[] | null {
  const found: Opening[] = []
  for (const place of places) {
    const matches = [...text.matchAll(place.opens)]
    if (matches.length < (place.most === undefined ? 1 : 2)) return null
    for (const match of matches.slice(0, place.most ?? 1)) {
      found.push({
        place,
        at: match.index,
        end: match.index + match[0].length,
        name: match.groups?.name ?? null,
      })
    }
  }
  return found.every(({ at }, index) => at >= (found[index - 1]?.end ?? 0)) ? found : null
}

function cutAt(openings: Opening[], text: string): Parts {
  const rest = [text.slice(0, openings[0]?.at)]
  const parts = openings.map(({ place, end, name }, index) => {
    const next = openings[index + 1]?.at ?? text.length
    const span = text.slice(end, next)
    const close = place.closes && [...span.matchAll(place.closes)].at(-1)
    const inside = close ? span.slice(0, close.index) : span
    rest.push(span.slice(inside.length))
    return { slot: place.slot, text: inside.trim(), name }
  })
  return { parts, rest: rest.join('\n') }
}

/**
 * A mark that opens a place in some layout of this family may stand in the text once, and so may a name; numbers count
 * from 0.
 */
function findForged(openings: Opening[], text: string): string | null {
  const used = new Set(openings.map(({ at }) => at))
  const strays = LAYOUTS.filter(({ places }) => places.some(({ opens }) => sharesMark(opens, openings)))
    .flatMap(({ places }) => places.slice(places[0]?.slot === 'prompt' ? 1 : 0))
    .flatMap(({ opens }) => [...text.matchAll(opens)])
    .filter(({ index }) => !used.has(index))
  const names = openings.flatMap(({ name }) => name ?? [])
  const numbered = names.every((name) => /^\d+$/.test(name))
  const wrong = names.find((name, at) => names.indexOf(name) !== at || (numbered && name !== String(at)))
  return strays[0]?.[0] ?? wrong ?? null
}

const sharesMark = (opens: RegExp, openings: Opening[]): boolean =>
  openings.some(({ place }) => place.opens.source === opens.source)
