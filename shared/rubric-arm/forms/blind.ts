import { fill } from '../../model/prompt.ts'
import { SMALL_JUDGE } from '../prompts/small-judge.ts'
import type { ServedForm } from './form.ts'
import { judged, SMALL_FORM, together } from './small.ts'

/**
 * The form for small models with a judge that is not shown the request. One that is reads there what was asked for, and
 * need not look at the rubric: it learns to judge, and its generator learns nothing. Here what the rubric leaves out
 * decides nothing.
 */
export const BLIND_FORM: ServedForm = {
  ...SMALL_FORM,
  judgeMessages: async (pair) => fill(SMALL_JUDGE, { 'fenced:texts': together(judged(pair)) }),
}
