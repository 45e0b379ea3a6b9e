import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Level } from '../../protocol/rubric.ts'
import { standingOf } from '../../rubric/standing.ts'
import { aggregateCompat, aggregateHardened, readLine, type StandingVerdict } from './aggregate.ts'

/** The golden vectors of the published code (systems.md 3.3): name, items, result, min_score. */
const GOLDEN: [string, unknown[], number, number?][] = [
  ['G1', [line('core', 'A', 2), line('important', 'B', 1), line('highlight', 'A', 1)], 1.1249998593750177],
  ['G2', [line('core', 'A', 2), line('core', 'S', 0), line('important', 'S', 0)], 1.99999960000008],
  ['G3', [line('core', 'A', 2), line('important', 'S', 1)], 1.428571224489825],
  ['G4', [line('fatal', 'B', -2), line('core', 'A', 2), line('core', 'A', 2), line('core', 'A', 2)], -2],
  ['G5', [line('fatal', 'A', 1), line('fatal', 'B', -1), line('core', 'A', 2)], 0],
  ['G6', [line('fatal', 'S', 0), line('core', 'A', 1)], 0.99999980000004],
  ['G7', [line('fatal', 'S', 1), line('core', 'A', 2)], 0],
  ['G8', [line('core', 'A', -2)], 1.99999960000008],
  ['G9', [{ chosen: 'A', score: 1 }], 0.99999950000025],
  ['G10', [line('critical', 'A', 2)], 0],
  ['G11', [], 0],
  ['G12', [line('core', 'A', '1.5'), line('important', 'A', 1)], 0],
  ['G13', [line('core', 'A', 1.9)], 0.99999980000004],
  ['G14', [line('core', 'A', 7)], 6.999998600000279],
  ['G15', [{ type: 'core', score: 1 }], 0],
  ['G16', [line('fatal', 'A', 2), line('fatal', 'A', 2)], 4],
  ['G17', [line('core', 'A', 1), line('important', 'B', 2)], 0, 0.5],
  ['G17 without min_score', [line('core', 'A', 1), line('important', 'B', 2)], 0.1428571224489825],
]

function line(type: string, chosen: string, score: unknown) {
  return { type, chosen, score }
}

const level = fc.constantFrom<Level>('fatal', 'core', 'important', 'highlight')
const verdict = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  // of a size that rounds when it is summed
  fc.integer({ min: -3000, max: 3000 }).map((thousandths) => thousandths / 1000),
)
const verdictOf = (id: string, level: Level, verdict: number): StandingVerdict => ({
  id,
  standing: standingOf({ id, level, title: '' }),
  verdict,
})
const rubricOf = (levels: fc.Arbitrary<Level>) =>
  fc
    .array(fc.record({ level: levels, verdict }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((items) => items.map(({ level, verdict }, index) => verdictOf(`c${index}`, level, verdict)))
const verdicts = rubricOf(level)

const score = (items: StandingVerdict[]) => aggregateHardened(items).score

describe('aggregateCompat', () => {
  it.each(GOLDEN)('%s to the last digit', (...[, items, expected, minScore]) => {
    expect(aggregateCompat(items, minScore)).toBe(expected)
  })

  it('never throws and never leaves the numbers, whatever the items', () => {
    const type = fc.constantFrom('fatal', 'core', 'important', 'highlight', 'critical', null)
    const score = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom('2', '9'.repeat(400), 1e308, true, null),
    )
    const item = fc.record(
      { type, chosen: fc.constantFrom('A', 'B', 'S', null), score },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(item, fc.anything())), (items) =>
        Number.isFinite(aggregateCompat(items)),
      ),
    )
    expect(aggregateCompat([line('core', 'A', 1e308), line('core', 'A', 1e308)])).toBe(0)
  })
})

describe('aggregateHardened', () => {
  it('counts zeros, uses no epsilon and clamps', () => {
    expect(score([verdictOf('a', 'core', 2), verdictOf('b', 'core', 0)])).toBe(1)
    expect(score([verdictOf('a', 'core', 7)])).toBe(2)
  })

  it('negates exactly when every verdict is negated', () => {
    fc.assert(
      fc.property(verdicts, (items) => {
        const turned = items.map((item) => ({ ...item, verdict: -item.verdict }))
        expect((score(turned) ?? Number.NaN) + (score(items) ?? Number.NaN)).toBe(0)
      }),
    )
  })

  it('does not change by a digit under permutation', () => {
    fc.assert(
      fc.property(
        verdicts,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (items, stream) => {
          const shuffled = [...items]
            .map((item) => ({ item, at: stream.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item)
          expect(score(shuffled)).toBe(score(items))
        },
      ),
    )
  })

  it('never falls when one verdict rises', () => {
    fc.assert(
      fc.property(verdicts, fc.nat(), fc.double({ min: 0, max: 4, noNaN: true }), (items, at, rise) => {
        const raised = items.map((item, index) =>
          index === at % items.length ? { ...item, verdict: item.verdict + rise } : item,
        )
        expect(score(raised)).toBeGreaterThanOrEqual((score(items) ?? Number.NaN) - 1e-12)
      }),
    )
  })

  it('lets a fatal criterion veto whatever the others say', () => {
    fc.assert(
      fc.property(
        rubricOf(fc.constantFrom<Level>('core', 'important', 'highlight')),
        fc.constantFrom(-2, -1, 1, 2),
        (others, fatal) => {
          expect(score([...others, verdictOf('f', 'fatal', fatal)])).toBe(Math.sign(fatal) * 2)
        },
      ),
    )
  })

  it('stays within [-2, 2]', () => {
    fc.assert(fc.property(verdicts, (items) => Math.abs(score(items) ?? Number.NaN) <= 2))
  })

  it('turns garbage into an error, never a tie', () => {
    expect(aggregateHardened([])).toMatchObject({ score: null, error: { code: 'no_criteria' } })
    expect(aggregateHardened([verdictOf('a', 'core', Number.NaN)])).toMatchObject({
      score: null,
      error: { code: 'invalid_item' },
    })
    fc.assert(
      fc.property(fc.anything(), (garbage) => {
        const read = readLine(garbage, '1')
        if ('code' in read) expect(read.code).toBe('invalid_item')
        else expect(garbage).toHaveProperty('chosen')
      }),
    )
  })
})

describe('readLine', () => {
  it('takes the sign from chosen, and B with either sign', () => {
    expect(readLine(line('core', 'B', 1), '1')).toEqual(verdictOf('1', 'core', -1))
    expect(readLine(line('core', 'B', -1), '1')).toEqual(verdictOf('1', 'core', -1))
  })

  it('takes the level from the rubric when there is one', () => {
    expect(readLine(line('core', 'A', 1), '1', 'fatal')).toEqual(verdictOf('1', 'fatal', 1))
  })

  it.each([
    [line('core', 'S', 1)],
    [line('core', 'A', 0)],
    [line('core', 'A', -1)],
    [line('critical', 'A', 1)],
    [line('core', 'A', '1')],
    [{ type: 'core', score: 1 }],
    [null],
  ])('refuses %j', (item) => {
    expect(readLine(item, '1')).toMatchObject({ code: 'invalid_item' })
  })
})
