import { expect, it } from 'vitest'
import { parseWith } from '../protocol/parse.ts'
import { runSettings } from '../protocol/run.ts'

const classes = { warm: ['warm'], cold: ['cold', 'cool'] }

it('are whole without a word', () => {
  const settings = parseWith(runSettings, {})
  expect(settings).toMatchObject({ classes: null, group_size: 8, prompts_per_step: 128, mask: 0 })
  expect(parseWith(runSettings, settings)).toEqual(settings)
})

it.each([
  [
    { classes, selector: { kind: 'probe' } },
    'selector.kind',
    /reward URL does not have.+`plumbline train arl_rr`/,
  ],
  [{ classes, first: 'dark' }, 'first', /names 'dark', which is no class: there are 'warm', 'cold'/],
  [{ first: 'dark' }, 'first', /no class: there are none/],
  [{ classes, class_weights: { dark: 1 } }, 'class_weights', /names 'dark'/],
  [
    { classes, observe: 0 },
    'observe',
    /ucb goes by the scores of all classes: raise it, or choose round_robin/,
  ],
  [{ objective: 'scalarised' }, 'objective', /name them in classes/],
  [{ rubric: 'rub_1' }, 'rubric', /is of runs with classes/],
  [{ group_size: 0 }, 'group_size', /group_size/],
  [{ phases: 3 }, 'phases', /Unknown field/],
])('%j is refused, saying what to change', (given, param, sentence) => {
  expect(() => parseWith(runSettings, given)).toThrow(sentence)
  expect(() => parseWith(runSettings, given)).toThrow(expect.objectContaining({ param }))
})

it.each([
  { classes, observe: 0, selector: { kind: 'round_robin' } },
  { classes, observe: 0, measure: 'eval' },
  { classes, observe: 0, objective: 'normalised' },
])('%j goes together', (given) => {
  expect(parseWith(runSettings, given)).toMatchObject(given)
})
