import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplyText } from './reply-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** What is shown for each piece, and at the end. */
function shown(pieces: Uint8Array[], stops: string[]): string[] {
  const reply = new ReplyText(stops)
  const parts: string[] = []
  for (const piece of pieces) {
    parts.push(reply.push(piece))
    if (reply.stopped) break
  }
  return [...parts, reply.end()]
}

test('a character shows when its last byte is there', () => {
  const [a = 0, b = 0, c = 0, d = 0] = bytes('🚀')
  expect(shown([Uint8Array.of(a, b), Uint8Array.of(c), Uint8Array.of(d)], [])).toEqual(['', '', '🚀', ''])
})

test('bytes that never become a character show as one that stands for them', () => {
  expect(shown([bytes('a'), Uint8Array.of(0xf0, 0x9f)], [])).toEqual(['a', '', '\ufffd'])
})

test('what may be a stop string waits, and shows when it was none', () => {
  expect(shown(['one ', 'E', 'N', 'TER', ' two'].map(bytes), ['END'])).toEqual([
    'one ',
    '',
    '',
    'ENTER',
    ' two',
    '',
  ])
  expect(shown(['EN'].map(bytes), ['END'])).toEqual(['', 'EN'])
})

test('nothing from the first stop string on is shown', () => {
  expect(shown(['one E', 'ND two'].map(bytes), ['END'])).toEqual(['one ', '', ''])
  expect(shown(['a, b. c'].map(bytes), ['.', ','])).toEqual(['a', ''])
})

test('an empty stop string stops nothing', () => {
  expect(shown(['abc'].map(bytes), [''])).toEqual(['abc', ''])
})

test('however the reply is cut, it shows what comes before the stop string that is complete first', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🚀'), maxLength: 30 })
  const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      letters,
      fc.array(stop, { maxLength: 2 }),
      fc.integer({ min: 1, max: 5 }),
      (text, stops, width) => {
        const all = bytes(text)
        const pieces = Array.from({ length: Math.ceil(all.length / width) }, (_, i) =>
          all.slice(i * width, (i + 1) * width),
        )
        const ends = Array.from({ length: text.length }, (_, at) => text.slice(0, at + 1))
        const until = ends.find((begun) => stops.some((stop) => begun.endsWith(stop)))
        const longest = stops
          .filter((stop) => until?.endsWith(stop))
          .reduce((most, stop) => Math.max(most, stop.length), 0)
        expect(shown(pieces, stops).join('')).toBe(until?.slice(0, until.length - longest) ?? text)
      },
    ),
  )
})
