import { ERROR_CODES, type ErrorCode, type ErrorData } from '../../protocol/error.ts'
import type { Level } from '../../protocol/rubric.ts'
import { type Standing, LEVEL_WEIGHTS as WEIGHTS } from '../../rubric/standing.ts'

/** The largest verdict, and the largest score of `hardened`. */
export const MAX_VERDICT = 2

/** A criterion's verdict and how it counts: positive says that the response shown first meets it better. */
export type StandingVerdict = { id: string; standing: Standing; verdict: number }

export type Aggregate = { score: number; error: null } | { score: null; error: ErrorData }

/** No score, and why. */
export function failed(code: ErrorCode, message: string): Aggregate {
  return { score: null, error: { code, message, type: ERROR_CODES[code].type } }
}

/**
 * The default aggregator: a score in [-2, 2], positive for the response shown first.
 *
 * Fatal verdicts are summed first: a sum above 0 gives 2, below 0 gives -2, and 0 falls through. Then the
 * weighted mean of all other verdicts, zeros counted, each clamped to [-2, 2] and turned round where meeting the
 * criterion is bad, summed in the order of the ids so that no permutation changes a digit. Follows OpenRS's `S = sum(w v) / sum(w)` (systems.md 3.2)
 * without the published code's silent ties: an invalid verdict or no criterion at all is an error.
 */
export function aggregateHardened(verdicts: StandingVerdict[]): Aggregate {
  if (verdicts.length === 0) return failed('no_criteria', 'There is no criterion to aggregate.')
  const broken = verdicts.find((item) => !Number.isFinite(item.verdict))
  if (broken) return failed('invalid_item', `Criterion '${broken.id}' has no finite verdict.`)

  let fatal = 0
  let sum = 0
  let weights = 0
  for (const item of [...verdicts].sort(byId)) {
    const verdict = clamp(item.verdict)
    if (item.standing.veto) fatal += verdict
    else {
      sum += item.standing.weight * item.standing.sign * verdict
      weights += item.standing.weight
    }
  }
  if (fatal !== 0) return { score: Math.sign(fatal) * MAX_VERDICT, error: null }
  return { score: weights === 0 ? 0 : sum / weights, error: null }
}

/**
 * The aggregator of the published OpenRS code, quirks kept: zeros do not dilute, the sign comes from `chosen`,
 * any exception is a tie, there is no clamp, a veto is a plain sum, and an epsilon of 1e-6 sits in the
 * denominator. Reproduces golden vectors G1-G17 (systems.md 3.3) to the last digit; no claim beyond them.
 */
export function aggregateCompat(items: unknown[], minScore = 0): number {
  let fatal = 0
  let vetoed = false
  let sum = 0
  let weights = 0
  for (const item of items) {
    if (!isRecord(item)) return 0
    const type = 'type' in item ? item.type : 'important'
    const stated = toPythonInteger(item.score)
    if (stated === null) return 0
    if (stated === 0) continue
    if (!('chosen' in item)) return 0
    const score = item.chosen === 'A' ? Math.abs(stated) : item.chosen === 'B' ? -Math.abs(stated) : 0
    if (type === 'fatal') {
      vetoed = true
      fatal += score
    } else if (isWeighted(type)) {
      sum += WEIGHTS[type] * score
      weights += WEIGHTS[type]
    }
  }
  const score = vetoed ? fatal : weights === 0 ? 0 : sum / (weights + 1e-6)
  return Math.abs(score) < minScore || !Number.isFinite(score) ? 0 : score
}

/**
 * Reads a line of the published format, `{type, chosen: "A"|"B"|"S", score}`, as a verdict for `hardened`.
 * The sign comes from `chosen`; a score that contradicts it (S with a score, A or B without one, A with a
 * negative one) is an invalid item. B may carry either sign, since the published prompts allow both.
 */
export function readLine(line: unknown, id: string, level?: Level): StandingVerdict | ErrorData {
  if (!isRecord(line)) return invalid(`Item ${id} is not an object.`)
  const type = level ?? line.type
  if (type !== 'fatal' && !isWeighted(type)) {
    return invalid(`Item ${id} has the unknown type ${show(type)}: use core, important, highlight or fatal.`)
  }
  const { chosen, score } = line
  if (typeof score !== 'number' || !Number.isFinite(score)) {
    return invalid(`Item ${id} has the score ${show(score)}: use a number.`)
  }
  const standing: Standing =
    type === 'fatal' ? { veto: true } : { veto: false, weight: WEIGHTS[type], sign: 1 }
  if (chosen === 'S' && score === 0) return { id, standing, verdict: 0 }
  if (chosen === 'A' && score > 0) return { id, standing, verdict: score }
  if (chosen === 'B' && score !== 0) return { id, standing, verdict: -Math.abs(score) }
  return invalid(
    `Item ${id} chooses ${show(chosen)} with the score ${show(score)}: the two contradict each other.`,
  )
}

/** Python's `int()` on what JSON can hold: truncates numbers, reads integer strings, null where it would raise. */
function toPythonInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value)
  return null
}

function byId(a: StandingVerdict, b: StandingVerdict): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1
  return a.verdict - b.verdict
}

const clamp = (verdict: number) => Math.max(-MAX_VERDICT, Math.min(MAX_VERDICT, verdict))
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isWeighted = (type: unknown): type is keyof typeof WEIGHTS =>
  typeof type === 'string' && Object.hasOwn(WEIGHTS, type)
const show = (value: unknown) => JSON.stringify(value) ?? 'nothing'
const invalid = (message: string): ErrorData => ({ code: 'invalid_item', message, type: 'service' })
