import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import type { Range } from '../../shared/reward/compare/shaping.ts'
import { rangeOf } from '../../shared/reward/range.ts'
import { type Sample, SHARE } from '../dialects/sample.ts'
import { type DialectSettings, mayCompare } from '../dialects/settings.ts'

/** A call waits for others for half of what its client waits, so that the other half is left to judge in, and for this at most. */
const MOST_WAIT_MS = 60_000

/** How calls of a run's URL are put together. */
export type Way = {
  /** The same for all URLs that reward alike, and another for any other. */
  name: string
  /** Members of a group. */
  size: number
  /** How long a call waits for others, milliseconds; null where it needs none. */
  waitMs: number | null
  /** Responses may be compared with the anchor that the run has for their prompt. */
  anchored: boolean
  /** Of the rewards. */
  range: Range
}

/**
 * Reads how the URL of a run puts calls together. `patienceMs` is what the client waits. Throws `invalid_request` naming the parameter
 * that can't stand in it.
 */
export function wayOf(settings: DialectSettings, run: RunSettings, patienceMs: number | null): Way {
  const { protocol, against, verifier, anchor, shaping, scoring, meta_class } = settings
  const { model, meta_rubric, rubric, attributes, group: size = run.group_size } = settings
  const waits = against === 'group' || (run.classes !== null && run.objective === 'normalised')
  if (against === 'group' && (!mayCompare(settings) || verifier !== undefined)) {
    const what = verifier === undefined ? `protocol=${protocol}` : `verifier=${verifier}`
    throw refusal(
      'against',
      `against=group compares responses, which ${what} does not: leave one of them out.`,
    )
  }
  if (waits && size < 2) {
    throw refusal(
      'group',
      'A group of one has nothing to compare: put group=8 in the URL, or make the run with a group_size.',
    )
  }
  const chosen = {
    protocol,
    against,
    verifier,
    anchor,
    shaping,
    scoring,
    meta_class,
    model,
    meta_rubric,
    rubric,
    attributes,
  }
  return {
    name: canonicalJson({ ...chosen, size }),
    size,
    waitMs: waits ? waitOf(settings.wait, patienceMs) : null,
    anchored: compares(settings) && against !== 'label',
    range:
      verifier === undefined && (compares(settings) || !mayCompare(settings)) ? rangeOf(settings) : SHARE,
  }
}

/** The same for samples that their client sends with a rubric of their own: those with another are another group. */
export function withRubric(way: Way, rubric: Sample['rubric']): Way {
  if (rubric === undefined) return way
  return { ...way, name: canonicalJson([way.name, rubric]) }
}

/** Whether the URL asks for a comparison, whoever comes. */
function compares(settings: DialectSettings): boolean {
  const { protocol, against, verifier, anchor, shaping } = settings
  if (verifier !== undefined || !mayCompare(settings) || against === 'rubric') return false
  return (protocol ?? against ?? anchor ?? shaping) !== undefined
}

/** Whether the version of a meta-rubric that nobody named would count. */
export function heedsMetaRubric({ protocol, verifier, meta_rubric }: DialectSettings): boolean {
  if (verifier !== undefined || protocol === 'verifier') return false
  return (
    meta_rubric !== undefined || protocol === undefined || protocol === 'openrs' || protocol === 'pointwise'
  )
}

function waitOf(seconds: number | undefined, patienceMs: number | null): number {
  if (seconds === undefined) return Math.min(MOST_WAIT_MS, (patienceMs ?? Number.POSITIVE_INFINITY) / 2)
  if (patienceMs === null || seconds * 1000 < patienceMs) return seconds * 1000
  const message = `wait=${seconds} leaves no time to judge, since the client gives up after ${patienceMs / 1000} s: give less.`
  throw refusal('wait', message)
}

/** Throws `nothing_to_compare` or `invalid_request` for settings that only the URL of a run has a use for. */
export function refuseOutsideRun({ group, wait, split }: DialectSettings): void {
  const makeOne = 'make a run with POST /v1/runs and call /runs/{id}/... in the place of /rlhf/...'
  if (group !== undefined || wait !== undefined) {
    const param = group === undefined ? 'wait' : 'group'
    throw new PlumblineError(
      'nothing_to_compare',
      `${param} gathers single calls in the URL of a run: ${makeOne}.`,
      { param },
    )
  }
  if (split !== undefined)
    throw refusal('split', `split is of the URL of a run: ${makeOne}, or leave it out.`)
}

function refusal(param: string, message: string): PlumblineError {
  return new PlumblineError('invalid_request', message, { param })
}
