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
 * A place ends at the last of its closing marks before the next place opens, so that a response which quotes its own
 * closing mark stays whole. An opening mark that stands twice can't be told from one that a response brought along, and
 * is never guessed at; but the first mark of all stands before everything that a response says.
 */
export function cutLayout(text: string, instructions: string): Cut | null {
  for (const layout of LAYOUTS) {
    const openings = openingsOf(layout, text)
    if (openings === null) continue
    const cut = cutAt(openings, text)
    if (layout.asks !== undefined && !`${instructions}\n${cut.rest}`.includes(layout.asks)) continue
    const forged = findForged(openings, text)
    return forged === null ? cut : { forged }
  }
  return null
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
    const close = place.closes === undefined ? -1 : span.lastIndexOf(place.closes)
    const inside = close < 0 ? span : span.slice(0, close)
    rest.push(span.slice(inside.length))
    return { slot: place.slot, text: inside.trim(), name }
  })
  return { parts, rest: rest.join('\n') }
}

/** A mark that opens a place in some layout of this family may stand in the text once, and so may a name. */
function findForged(openings: Opening[], text: string): string | null {
  const used = new Set(openings.map(({ at }) => at))
  const strays = LAYOUTS.filter(({ places }) => places.some(({ opens }) => sharesMark(opens, openings)))
    .flatMap(({ places }) => places.slice(places[0]?.slot === 'prompt' ? 1 : 0))
    .flatMap(({ opens }) => [...text.matchAll(opens)])
    .filter(({ index }) => !used.has(index))
  const names = openings.flatMap(({ name }) => name ?? [])
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  return strays[0]?.[0] ?? repeated ?? null
}

const sharesMark = (opens: RegExp, openings: Opening[]): boolean =>
  openings.some(({ place }) => place.opens.source === opens.source)
