import type { VerdictMethod } from '../../protocol/model-entry.ts'
import { chooseVerdicts } from './choose-verdicts.ts'
import type { Comparer } from './comparer.ts'
import { generateVerdicts } from './generate-verdicts.ts'

/** How the criteria are compared, by what the model can do. */
export const COMPARERS: Record<VerdictMethod, Comparer> = {
  generate: { sampled: true, compare: generateVerdicts },
  choose: { sampled: false, compare: chooseVerdicts },
}
