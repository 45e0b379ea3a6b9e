import * as z from 'zod'
import { arlRrSettings, readArlRrExample } from './arl-rr.ts'
import { dpoSettings, readPreference } from './dpo.ts'
import { pairwiseSettings, readPairwiseExample } from './pairwise.ts'
import { readRecordedExample, recordedSettings } from './recorded.ts'
import { readLabelledPair, rubricArmSettings } from './rubric-arm.ts'
import { readConversation, supervisedSettings } from './supervised.ts'

/** How a line of each method's data is read. */
export const READERS = {
  supervised: readConversation,
  dpo: readPreference,
  rubric_arm: readLabelledPair,
  arl_rr: readArlRrExample,
  pairwise: readPairwiseExample,
  recorded: readRecordedExample,
} as const

export type MethodType = keyof typeof READERS

const supervised = z.strictObject({ hyperparameters: supervisedSettings.prefault({}) })
const dpo = z.strictObject({ hyperparameters: dpoSettings.prefault({}) })
const rubricArm = z.strictObject({ hyperparameters: rubricArmSettings.prefault({}) })
const arlRr = z.strictObject({ hyperparameters: arlRrSettings.prefault({}) })
const pairwise = z.strictObject({ hyperparameters: pairwiseSettings.prefault({}) })
const recorded = z.strictObject({ hyperparameters: recordedSettings.prefault({}) })

/** How a job trains: the method's type, and its hyperparameters under the method's own name, as OpenAI has it. */
export const method = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('supervised'), supervised: supervised.prefault({}) }),
    z.strictObject({ type: z.literal('dpo'), dpo: dpo.prefault({}) }),
    z.strictObject({ type: z.literal('rubric_arm'), rubric_arm: rubricArm.prefault({}) }),
    z.strictObject({ type: z.literal('arl_rr'), arl_rr: arlRr.prefault({}) }),
    z.strictObject({ type: z.literal('pairwise'), pairwise: pairwise.prefault({}) }),
    z.strictObject({ type: z.literal('recorded'), recorded: recorded.prefault({}) }),
  ])
  .meta({ id: 'FineTuningMethod' })
export type Method = z.infer<typeof method>

/** The hyperparameters of a method, whichever it is. */
export function settingsOf(method: Method) {
  switch (method.type) {
    case 'supervised':
      return method.supervised.hyperparameters
    case 'dpo':
      return method.dpo.hyperparameters
    case 'rubric_arm':
      return method.rubric_arm.hyperparameters
    case 'arl_rr':
      return method.arl_rr.hyperparameters
    case 'pairwise':
      return method.pairwise.hyperparameters
    case 'recorded':
      return method.recorded.hyperparameters
  }
}

/** The hyperparameter by which a method calls the service of its worker's PLUMBLINE_URL; null where it calls none. */
export function serviceParam(method: Method): string | null {
  switch (method.type) {
    case 'rubric_arm':
      return method.rubric_arm.hyperparameters.warm_up.teacher === null ? null : 'warm_up.teacher'
    case 'arl_rr':
      return method.arl_rr.hyperparameters.judge.at === 'service' ? 'judge.at' : null
    case 'pairwise':
      return method.pairwise.hyperparameters.judge.at === 'service' ? 'judge.at' : null
    default:
      return null
  }
}

/** How many different prompts a method's data must have for it to train at all. */
export function leastPrompts(method: Method): number {
  if (method.type === 'rubric_arm') return method.rubric_arm.hyperparameters.parts
  return method.type === 'arl_rr' ? 2 : 1
}
