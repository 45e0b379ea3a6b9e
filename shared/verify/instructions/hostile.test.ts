import fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'
import { INSTRUCTIONS } from './instructions.ts'
import cases from './testing/reference-cases.json' with { type: 'json' }

/** Each instruction with the arguments of its first case. */
const SPECS = Object.keys(INSTRUCTIONS).map((kind) => {
  const { response, passed, loose, ...spec } = cases.find((one) => one.kind === kind) ?? { kind }
  return verifierSpec.parse(spec)
})

/** What patterns that backtrack, or that look back from each place, would take minutes for. */
const HOSTILE = [
  'a',
  ' ',
  '\n',
  '. ',
  '.\n',
  '?!',
  '--',
  '*',
  '<<',
  '[\n',
  '([{',
  `'"`,
  'Question 1',
  'A. ',
  '\ud800',
]

it.each(HOSTILE)('answers on 200,000 characters of %j in bounded time', { timeout: 60_000 }, async (part) => {
  const response = part.repeat(200_000 / part.length)
  const started = performance.now()
  const results = await verify(SPECS, { prompt: null, response })
  expect(performance.now() - started).toBeLessThan(20_000)
  for (const { passed } of results) expect(passed).toEqual(expect.any(Boolean))
})

it('can not tell when many checks would go over a long response many times', async () => {
  const spec = verifierSpec.parse({
    kind: 'length_constraints:number_sentences',
    num_sentences: 3,
    relation: 'at least',
    loose: true,
  })
  const results = await verify(Array(64).fill(spec), { prompt: null, response: '.\n'.repeat(100_000) })
  for (const { passed, error } of results) {
    expect(passed).toBe(null)
    expect(error?.message).toContain('too long for so many checks')
  }
})

it('no text makes any instruction throw or hold its tongue', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom(...'.?!\n\r\t "\'*-<>[](){},;:#aAbB1😀あ'), { maxLength: 60 })
      .map((parts) => parts.join('')),
  )
  await fc.assert(
    fc.asyncProperty(text, async (response) => {
      const results = await verify(SPECS, { prompt: null, response })
      for (const { kind, passed, error } of results)
        expect({ kind, told: typeof passed, error }).toEqual({ kind, told: 'boolean', error: undefined })
    }),
    { numRuns: 60 },
  )
})
