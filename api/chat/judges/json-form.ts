import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Asked, type Form, onScale } from './form.ts'
import type { Verdict } from './verdict.ts'

const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  $ref: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
})
type Property = z.infer<typeof property>

const objectSchema = z.looseObject({
  properties: z.record(z.string(), property),
  $defs: z.record(z.string(), property).optional(),
  required: z.array(z.string()).optional(),
})

const SCORE = /^(?:overall_)?(?:score|rating|grade|reward)$/i
const PASSED = /^(?:pass|passed|is_correct|correct|equivalent|met|satisfied|is_satisfied|acceptable)$/i
const WORDED = /^(?:verdict|judge?ment|grade|label|result|answer|choice|decision|criterion_status)$/i
const WINNER =
  /^(?:winner|best|better|choice|preferred|preference|verdict|judge?ment|decision|result|answer)$/i
const REASON =
  /^(?:reason|reasons|reasoning|explanation|rationale|analysis|justification|feedback|comment|thought|thoughts)$/i

/** Words for yes and no, as schemas list them. */
const WORDS: readonly [string, string][] = [
  ['yes', 'no'],
  ['y', 'n'],
  ['true', 'false'],
  ['pass', 'fail'],
  ['correct', 'incorrect'],
  ['met', 'unmet'],
  ['c', 'i'],
  ['1', '0'],
]
/** Words for the first, the second and neither. */
const SIDES: readonly string[][] = [
  ['a', 'first', '1', 'response_1', 'model_a', 'assistant_a', 'response a', '0'],
  ['b', 'second', '2', 'response_2', 'model_b', 'assistant_b', 'response b', '1'],
]
const NEITHER = ['tie', 'equal', 'draw', 'neither', 'both', 'same']

type Filled = string | number | boolean

/**
 * The verdict in the shape of a JSON schema: properties whose names say that they are a score, a pass, a winner, a
 * verdict or a reason are filled with it, within their bounds and choices. Throws `invalid_request`, naming `param`, for a
 * property that is required and means something else.
 */
export function jsonForm({ shape, param }: NonNullable<Asked['schema']>, responses: number): Form {
  const parsed = objectSchema.safeParse(shape)
  if (!parsed.success) throw unfit(param, 'it must describe an object with properties')
  const { properties: written, $defs = {}, required = Object.keys(written) } = parsed.data
  const properties = Object.fromEntries(
    Object.entries(written).map(([name, described]) => [
      name,
      $defs[described.$ref?.split('/').at(-1) ?? ''] ?? described,
    ]),
  )
  for (const [name, described] of Object.entries(properties)) {
    if (required.includes(name) && !isKnown(name, described, responses)) {
      throw unfit(
        `${param}.properties.${name}`,
        'make it a score, pass, verdict, winner or reason, with choices that say yes and no, or which response',
      )
    }
  }
  const hasTie = Object.values(properties).some(({ enum: words }) => tieAmong(words) !== null)
  return {
    name: 'json_schema',
    bare: true,
    tie:
      responses === 1 ||
      hasTie ||
      !Object.keys(properties).some((name) => WINNER.test(name) || name === 'ranking'),
    reads: /./,
    write(verdict, explanation) {
      const object: Record<string, Filled> = {}
      for (const [name, described] of Object.entries(properties)) {
        const value = isKnown(name, described, responses)
          ? fill(name, described, verdict, explanation)
          : undefined
        if (value === null) return { verdict: null, choices: [] }
        if (value !== undefined) object[name] = value
      }
      return { verdict: JSON.stringify(object), choices: [] }
    },
  }
}

function isKnown(name: string, described: Property, responses: number): boolean {
  if (REASON.test(name)) return true
  if (responses > 1) return WINNER.test(name) || (responses === 2 && /^(?:score_[12]|ranking)$/.test(name))
  return SCORE.test(name) || PASSED.test(name) || (WORDED.test(name) && isYesOrNo(described))
}

const isYesOrNo = (described: Property): boolean =>
  described.enum ? wordFor(described.enum, true) !== null : typeOf(described) === 'boolean'

/** Null where the schema has no word for what was found. */
function fill(name: string, described: Property, verdict: Verdict, explanation: string): Filled | null {
  if (REASON.test(name)) return explanation
  if (verdict.scores.length === 1) return fillScore(described, verdict.score)
  const [first = 0.5, second = 0.5] = verdict.scores
  if (name === 'score_1') return onScale(first, boundsOf(described, [1, 5]))
  if (name === 'score_2') return onScale(second, boundsOf(described, [1, 5]))
  if (name === 'ranking') return verdict.best === null ? null : onScale(second, boundsOf(described, [1, 6]))
  return fillWinner(described, verdict)
}

function fillScore(described: Property, score: number): Filled | null {
  const share = Math.min(1, Math.max(0, score))
  const type = typeOf(described)
  if (described.enum) return wordFor(described.enum, share >= 0.5)
  if (type === 'boolean') return share >= 0.5
  if (type === 'string') return share >= 0.5 ? 'yes' : 'no'
  const [least, greatest] = boundsOf(described, [0, 1])
  return type === 'integer' ? onScale(share, [least, greatest]) : least + share * (greatest - least)
}

function fillWinner(described: Property, { best, scores }: Verdict): Filled | null {
  const words = described.enum
  if (best === null) return words ? tieAmong(words) : 'tie'
  if (!words) return typeOf(described) === 'integer' ? best : (LETTERS[best] ?? null)
  if (words.length === scores.length && tieAmong(words) === null) return asFilled(words[best])
  const found = words.find((word) => SIDES[best]?.includes(String(word).toLowerCase()))
  return found === undefined ? null : asFilled(found)
}

/** The first that it names: `["string", "null"]` is a string. */
const typeOf = ({ type }: Property): string | undefined => [type].flat()[0]

const LETTERS = 'ABCDEFGHIJKLMNOP'

function boundsOf({ minimum, maximum }: Property, [least, greatest]: [number, number]): [number, number] {
  return [minimum ?? least, maximum ?? greatest]
}

function wordFor(words: readonly unknown[], yes: boolean): Filled | null {
  const at = (word: string) => words.find((one) => String(one).toLowerCase() === word)
  for (const [good, bad] of WORDS) {
    if (at(good) !== undefined && at(bad) !== undefined) return asFilled(at(yes ? good : bad))
  }
  return null
}

function tieAmong(words: readonly unknown[] | undefined): Filled | null {
  const found = words?.find((word) => NEITHER.includes(String(word).toLowerCase()))
  return found === undefined ? null : asFilled(found)
}

function asFilled(value: unknown): Filled | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function unfit(param: string, why: string): PlumblineError {
  return new PlumblineError('invalid_request', `A judge can't put its verdict into '${param}': ${why}.`, {
    param,
  })
}
