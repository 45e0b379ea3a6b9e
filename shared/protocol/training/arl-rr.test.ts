import { expect, it } from 'vitest'
import { parseWith } from '../parse.ts'
import { arlRrSettings } from './arl-rr.ts'

const of =
  (steps: number, keep: boolean, phase_steps: number, objective = 'alternate') =>
  () =>
    parseWith(arlRrSettings, {
      ...{ objective, phase_steps },
      alternation: { selector: { kind: 'probe', steps, keep } },
    })

it('keeps a probe that is gone on from within its phase', () => {
  const sentence = /'alternation\.selector\.steps' must be below phase_steps, which is 3:/
  expect(of(3, true, 3)).toThrow(sentence)
  expect(of(4, true, 3)).toThrow(sentence)
  expect(of(2, true, 3)).not.toThrow()
  expect(of(4, false, 3)).not.toThrow()
  expect(of(4, true, 3, 'scalarised')).not.toThrow()
})
