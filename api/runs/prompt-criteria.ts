import { PlumblineError } from '../../shared/protocol/error.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { type ClassCriteria, criteriaOfLabel } from '../../shared/runs/class-criteria.ts'
import type { Group } from '../dialects/group-samples.ts'
import type { Rubrics } from '../judging/rubrics.ts'

/**
 * What the responses of one prompt are scored by in a run with classes: the run's own rubric, or what their label says.
 * Throws `invalid_rubric`, `rubric_not_found`, and `invalid_request` for a URL that wants the label for something else.
 */
export async function criteriaOf(
  { rubric }: RunSettings,
  groups: readonly Group[],
  organisation: string,
  rubrics: Rubrics,
): Promise<ClassCriteria> {
  const [sample] = groups.flatMap(({ samples }) => samples)
  if (rubric !== null) {
    const { criteria } = await rubrics.resolve(organisation, rubric)
    return { by: 'rubric', criteria, reference: null }
  }
  const stated = criteriaOfLabel(sample?.label ?? null, sample?.labelParam ?? 'label')
  for (const { request } of groups) {
    const anchor =
      typeof request.anchor === 'object' && 'response' in request.anchor ? request.anchor.response : null
    if (request.reference === sample?.label || anchor === sample?.label) throw taken()
  }
  if (stated.by === 'verifiers') return stated
  const { criteria } = await rubrics.resolve(organisation, stated.rubric)
  return { by: 'rubric', criteria, reference: stated.reference }
}

function taken(): PlumblineError {
  const message =
    "against can't be label or reference in the URL of this run, whose labels say its criteria: leave it out, and give a reference answer in the label."
  return new PlumblineError('invalid_request', message, { param: 'against' })
}
