import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plan, type Stem, type Wanted } from './plan.ts'
import { treeBias } from './tree-bias.ts'

/** Sequences over a small alphabet, so that they share much; each wants some of its last positions. */
const wantedSequences = fc
  .array(fc.tuple(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 }), fc.nat()), {
    minLength: 1,
    maxLength: 12,
  })
  .map((all): Wanted[] => all.map(([tokens, from]) => ({ tokens, from: from % tokens.length })))
const packs = fc.constantFrom(1, 3, 8, Number.POSITIVE_INFINITY)

type Seen = { sequence: number; position: number; sees: number[] }

/** What each reader's token sees, in order of position, as the bias of runs of `chunk` tokens lets it. */
function seen(stems: readonly Stem[], chunk: number): Seen[] {
  const all: Seen[] = []
  for (const stem of stems) {
    for (const [index, readers] of stem.readers) {
      for (const reader of readers) all.push({ ...reader, sees: stem.tokens.slice(0, index + 1) })
    }
    for (const packed of stem.packed) {
      const tokens = [...stem.tokens, ...packed.tokens]
      const positions = [...stem.tokens.keys(), ...packed.positions]
      for (let from = 0; from < packed.tokens.length; from += chunk) {
        const to = Math.min(from + chunk, packed.tokens.length)
        const width = stem.tokens.length + to
        const bias = treeBias(packed.parents, stem.tokens.length, from, to)
        for (let index = from; index < to; index++) {
          const row = bias.subarray((index - from) * width, (index - from + 1) * width)
          const places = [...row.keys()].filter((place) => row[place] === 0)
          // A token that looks past itself would break the causal mask beside the bias.
          expect(Math.max(...places)).toBe(stem.tokens.length + index)
          expect(places.map((place) => positions[place])).toEqual([...places.keys()])
          const sees = places.map((place) => tokens[place] ?? -1)
          for (const reader of packed.readers.get(index) ?? []) all.push({ ...reader, sees })
        }
      }
    }
  }
  return all
}

describe('for any sequences', () => {
  test('each wanted position is read once, by a token that sees exactly its sequence so far', () => {
    fc.assert(
      fc.property(wantedSequences, packs, fc.integer({ min: 1, max: 20 }), (wanted, pack, chunk) => {
        const places = Math.max(...wanted.map(({ tokens }) => tokens.length)) + chunk
        const reads = seen(plan(wanted, pack, places), chunk)
        const expected = wanted.flatMap(({ tokens, from }, sequence) =>
          tokens
            .map((_, position) => ({ sequence, position, sees: tokens.slice(0, position + 1) }))
            .slice(from),
        )
        const order = (a: Seen, b: Seen) => a.sequence - b.sequence || a.position - b.position
        expect(reads.sort(order)).toEqual(expected)
      }),
    )
  })

  test('no beginning that two sequences share is computed twice', () => {
    fc.assert(
      fc.property(wantedSequences, packs, (wanted, pack) => {
        const stems = plan(wanted, pack)
        const computed = new Set<string>()
        let tokens = 0
        for (const stem of stems) {
          // A stem's own part follows the longest earlier beginning: the prefix cache's work.
          for (let end = 1; end <= stem.tokens.length; end++) {
            const path = stem.tokens.slice(0, end).join()
            if (!computed.has(path)) tokens++
            computed.add(path)
          }
          for (const packed of stem.packed) tokens += packed.tokens.length
        }
        const needed = new Set(
          wanted.flatMap(({ tokens }) => tokens.map((_, position) => tokens.slice(0, position + 1).join())),
        )
        expect(tokens).toBe(needed.size)
      }),
    )
  })

  test('no row is longer than asked, of branches and with the stem', () => {
    fc.assert(
      fc.property(wantedSequences, packs, fc.nat(6), (wanted, pack, spare) => {
        const places = Math.max(...wanted.map(({ tokens }) => tokens.length)) + spare
        for (const { tokens: stem, packed } of plan(wanted, pack, places)) {
          for (const { tokens } of packed) {
            expect(tokens.length).toBeLessThanOrEqual(pack)
            expect(stem.length + tokens.length).toBeLessThanOrEqual(places)
          }
        }
      }),
    )
  })
})

const range = (length: number, from: number) => Array.from({ length }, (_, i) => from + i)
const last = (tokens: number[]): Wanted => ({ tokens, from: tokens.length - 1 })

test('two orders of a pair get a stem each and share the prompt; their criteria are packed', () => {
  const prompt = range(200, 0)
  const orders = [range(800, 1000), range(800, 3000)]
  const wanted = orders.flatMap((texts) =>
    [5000, 6000, 7000].map((criterion) => last([...prompt, ...texts, ...range(30, criterion)])),
  )
  const stems = plan(wanted, 256)
  expect(stems.map(({ tokens }) => tokens)).toEqual(orders.map((texts) => [...prompt, ...texts]))
  expect(stems.map(({ packed }) => packed.map(({ tokens }) => tokens.length))).toEqual([[90], [90]])
})

test('one sequence is a stem without branches', () => {
  expect(plan([last([1, 2, 3])], 256)).toEqual([
    { tokens: [1, 2, 3], owner: 0, readers: new Map([[2, [{ sequence: 0, position: 2 }]]]), packed: [] },
  ])
})

test('equal sequences share their readers', () => {
  const [stem] = plan([last([1, 2]), last([1, 2]), last([1, 2, 3])], 256)
  expect(stem?.readers.get(1)).toEqual([
    { sequence: 0, position: 1 },
    { sequence: 1, position: 1 },
  ])
  expect(stem?.packed).toMatchObject([{ tokens: [3], positions: [2], parents: [-1] }])
})
