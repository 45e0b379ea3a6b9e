import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { RewardRequest } from '../../shared/protocol/reward.ts'
import type { Range } from '../../shared/reward/compare/shaping.ts'
import { rangeOf } from '../../shared/reward/range.ts'
import { rubricOfLabel } from './label-rubric.ts'
import { verifierOfLabel } from './label-verifier.ts'
import { type Sample, SHARE } from './sample.ts'
import { type DialectSettings, mayCompare } from './settings.ts'
import { readTrainingLabel } from './training-label.ts'

/** Samples that one request rewards. */
export type Group = { samples: Sample[]; range: Range; request: Omit<RewardRequest, 'responses'> }

/**
 * Puts samples together as the URL says: the samples of one prompt and rubric are a group, compared with each other; a
 * sample without a group is scored by itself, and so is each that a label, a reference or a verifier judges.
 * Throws `nothing_to_compare`, `invalid_verifier` and `invalid_rubric`, naming what to give.
 */
export function groupSamples(samples: readonly Sample[], settings: DialectSettings): Group[] {
  const { verifier, against } = settings
  const byLabel = verifier !== undefined || (against !== undefined && against !== 'group')
  if (byLabel || !mayCompare(settings)) return samples.map((sample) => alone(sample, settings))
  const { anchor = 'random' } = settings
  const prompts = Map.groupBy(samples, ({ prompt, rubric = null }) => canonicalJson([prompt, rubric]))
  return [...prompts.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    if (group.length === 1) return alone(first, settings)
    return {
      samples: group,
      range: rangeOf(settings),
      request: { ...compared(settings, first), prompt: first.prompt, anchor },
    }
  })
}

function alone(sample: Sample, settings: DialectSettings): Group {
  const { against, verifier, protocol, anchor, shaping } = settings
  const { prompt } = sample
  const only = { samples: [sample] }
  if (verifier !== undefined) {
    const constraints = [verifierOfLabel(verifier, ...labelOf(sample, `verifier=${verifier}`))]
    return { ...only, range: SHARE, request: { protocol: 'verifier', prompt, constraints } }
  }
  if (protocol === 'verifier')
    throw nothingToCompare('protocol=verifier needs verifier=KIND in the URL.', 'verifier')
  if (protocol === 'rubric-arm/judge' || protocol === 'rubric-arm/generator') {
    const label = readTrainingLabel(...labelOf(sample, `protocol=${protocol}`), protocol)
    return {
      ...only,
      range: rangeOf({ protocol }),
      request: { ...chosen(settings, sample), prompt, ...label, protocol },
    }
  }
  if (against === 'label') {
    const [label] = labelOf(sample, 'against=label')
    return againstOne(sample, label, settings)
  }
  const comparing = against === undefined && (protocol !== undefined || shaping !== undefined)
  if (against === 'group' || (against === undefined && anchor !== undefined)) {
    throw nothingToCompare(
      'This prompt has one response, so there is nothing to compare it with: gather single calls in the URL of a run, which POST /v1/runs makes, or put against=reference or protocol=pointwise in the URL.',
      'against',
    )
  }
  if (mayCompare(settings) && (against === 'reference' || comparing)) {
    return againstOne(sample, sample.label || referenceMissing(sample), settings)
  }
  const request = {
    ...chosen(settings, sample),
    ...byItself(sample, settings),
    protocol: 'pointwise',
    prompt,
  } as const
  return { ...only, range: rangeOf(request), request }
}

/** A sample that is compared with one response alone. */
export function againstOne(sample: Sample, response: string, settings: DialectSettings): Group {
  const request = { ...compared(settings, sample), prompt: sample.prompt, anchor: { response } }
  return { samples: [sample], range: rangeOf(settings), request }
}

function referenceMissing({ labelParam }: Sample): never {
  throw nothingToCompare(
    `There is nothing to compare this response with: give ${labelParam === null ? '' : `a reference response as '${labelParam}', or `}an anchor for the prompt in the URL of a run (POST /v1/runs/{id}/anchors), or put protocol=pointwise in the URL.`,
    'against',
  )
}

/** What a response is scored by where nothing is compared. */
function byItself(sample: Sample, { against, scoring, meta_class }: DialectSettings) {
  return {
    ...(against === 'reference' && { reference: labelOf(sample, 'against=reference')[0] }),
    ...(against === 'rubric' && {
      rubric: rubricOfLabel(...labelOf(sample, 'against=rubric')),
    }),
    ...(scoring !== undefined && { scoring }),
    ...(meta_class !== undefined && { class_weights: { [meta_class]: 1 } }),
  }
}

/** What a request takes over as it is: from the settings, and the rubric of the sample before theirs. */
function chosen(settings: DialectSettings, sample: Sample) {
  const { model, meta_rubric } = settings
  const rubric = sample.rubric ?? settings.rubric
  return {
    ...(model === undefined ? {} : { model }),
    ...(meta_rubric === undefined ? {} : { meta_rubric }),
    ...(rubric === undefined ? {} : { rubric }),
  }
}

/** The same for a comparison. */
function compared(settings: DialectSettings, sample: Sample) {
  const { protocol, shaping } = settings
  return {
    ...chosen(settings, sample),
    ...(protocol === undefined ? {} : { protocol }),
    ...(shaping === undefined ? {} : { shaping }),
  }
}

/** The label of a sample that a setting can't do without, and what it is called. */
function labelOf({ label, labelParam }: Sample, setting: string): [label: string, param: string] {
  if (labelParam === null) {
    const [param] = setting.split('=')
    throw nothingToCompare(
      `Bodies of this URL have no labels, which ${setting} needs: leave ${param} out.`,
      param ?? setting,
    )
  }
  if (label !== null && label !== '') return [label, labelParam]
  throw nothingToCompare(
    `'${labelParam}' is empty, but ${setting} needs it: give every sample a label.`,
    labelParam,
  )
}

function nothingToCompare(message: string, param: string): PlumblineError {
  return new PlumblineError('nothing_to_compare', message, { param })
}
