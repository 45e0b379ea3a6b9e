import * as z from 'zod'
import { closingBrace } from './math/boxes.ts'
import { exactly, findNumerals, isClose, type Numeral, type Rational, toRational } from './numeral.ts'
import { quote } from './quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from './verifier.ts'

const BOX = '\\boxed{}'

const tolerance = z.number().min(0).max(1e300).default(0)

export const numericAnswer = defineVerifier({
  kind: 'numeric_answer',
  summary:
    'The number that the response ends with, or gives behind a marker, equals the value. 20% equals both 20 and 0.2.',
  schema: z
    .strictObject({
      kind: z.literal('numeric_answer'),
      name: verifierName,
      value: z
        .union([z.number(), z.string().max(200)])
        .describe('A number, or one written out, such as "3/4".'),
      marker: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe(
          `Read the first number behind the last such text, for example "####"; "${BOX}" reads the last box.`,
        ),
      tolerance: tolerance.describe('Largest absolute difference. Default 0: comparison is exact.'),
      relative_tolerance: tolerance.describe('Largest difference as a share of the value.'),
    })
    .refine(({ value }) => single(String(value)) !== null, {
      path: ['value'],
      ...invalidVerifier('must be one number'),
    }),
  run(spec, { response }) {
    const expected = `${spec.value}${spec.marker === undefined ? '' : ` behind ${quote(spec.marker)}`}`
    const wanted = single(String(spec.value))
    if (wanted === null) {
      return { passed: null, expected, received: quote(response), reason: 'The value is not one number.' }
    }
    const given = findAnswer(response, spec.marker)
    if (given === null) {
      const end = response.length > 200 ? `…${quote(response.slice(-200))}` : quote(response)
      return { passed: false, expected, received: `no number${spec.marker ? ' there' : ''}: ${end}` }
    }
    const [absolute, relative] = [exactly(spec.tolerance), exactly(spec.relative_tolerance)]
    const passed = readings(given, wanted).some((value) => isClose(value, wanted.value, absolute, relative))
    return { passed, expected, received: quote(given.text) }
  },
})

type Read = { text: string; percent: boolean; value: Rational }

function read(numeral: Numeral | undefined): Read | null {
  const value = numeral === undefined ? null : toRational(numeral)
  return numeral === undefined || value === null ? null : { ...numeral, value }
}

function findAnswer(response: string, marker: string | undefined): Read | null {
  if (marker === undefined) return read(findNumerals(response).at(-1))
  if (marker === BOX) return single(lastBox(response) ?? '')
  const at = response.lastIndexOf(marker)
  return at < 0 ? null : read(findNumerals(response.slice(at + marker.length))[0])
}

/** What is between the braces of the last `\boxed{`; null without one, or where it is never closed. */
function lastBox(response: string): string | null {
  const at = response.lastIndexOf('\\boxed{')
  if (at < 0) return null
  const start = at + '\\boxed{'.length
  const end = closingBrace(response, start)
  return end === null ? null : response.slice(start, end)
}

/** The one number of a text, or null when it has none or several. */
function single(text: string): Read | null {
  const numerals = findNumerals(text)
  return numerals.length === 1 ? read(numerals[0]) : null
}

/** What the answer may stand for: where just one of the two has a percent sign, 20 and 20/100 are both meant. */
function readings(given: Read, wanted: Read): Rational[] {
  const { top, bottom } = given.value
  if (given.percent === wanted.percent) return [given.value]
  const scaled = given.percent ? { top, bottom: bottom * 100n } : { top: top * 100n, bottom }
  return [given.value, scaled]
}
