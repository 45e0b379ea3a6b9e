import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderPolicy } from '../protocol/judgment.ts'
import { judgmentId, parseJudgmentId } from './id.ts'

const EVIDENCE = `jdg_03${'a'.repeat(30)}`

describe('judgmentId', () => {
  it('is read back as the view that it was made from, whatever numbers the request allows', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom<OrderPolicy>('strict', 'mean', 'compat', 'forward', 'backward'),
        fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), fc.constantFrom(0, 1e-7, 5e-324, 0.1, 2)),
        fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1e-7, 0.8, 1)),
        fc.option(fc.double({ min: 0.05, max: 100, noNaN: true }), { nil: undefined }),
        (swapped, policy, min_score, min_confidence, temperature) => {
          const given = temperature === undefined ? {} : { temperature }
          const view = { swapped, policy, min_score, min_confidence, ...given }
          const id = judgmentId(EVIDENCE, view)
          expect(parseJudgmentId(id)).toEqual({ evidenceId: EVIDENCE, shard: 3, view })
        },
      ),
    )
  })

  it('is the evidence alone for a single response', () => {
    expect(parseJudgmentId(EVIDENCE)).toEqual({ evidenceId: EVIDENCE, shard: 3, view: null })
  })

  it.each([
    '-fs0',
    '-fs1.0',
    '-fs.',
    '-fs1e999',
    '-fse',
    '-f',
    '-fx',
    '-fs1-',
    '-fsa0',
    '-fs0a0.5',
    '-fsa0.50',
    '-fsa',
    '-fst',
    '-fst1.0',
    '-fst2a0.5',
    ' ',
    '-bs ',
  ])('has no second spelling: %j', (rest) => {
    expect(parseJudgmentId(EVIDENCE + rest)).toBeNull()
  })

  it('names a shard that there is', () => {
    expect(parseJudgmentId(`jdg_10${'a'.repeat(30)}`)).toBeNull()
  })
})
