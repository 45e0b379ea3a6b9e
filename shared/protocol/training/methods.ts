import * as z from 'zod'
import { dpoSettings, readPreference } from './dpo.ts'
import { readLabelledPair, rubricArmSettings } from './rubric-arm.ts'
import { readConversation, supervisedSettings } from './supervised.ts'

/** How a line of each method's data is read. */
export const READERS = {
  supervised: readConversation,
  dpo: readPreference,
  rubric_arm: readLabelledPair,
} as const

export type MethodType = keyof typeof READERS

const supervised = z.strictObject({ hyperparameters: supervisedSettings.prefault({}) })
const dpo = z.strictObject({ hyperparameters: dpoSettings.prefault({}) })
const rubricArm = z.strictObject({ hyperparameters: rubricArmSettings.prefault({}) })

/** How a job trains: the method's type, and its hyperparameters under the method's own name, as OpenAI has it. */
export const method = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('supervised'), supervised: supervised.prefault({}) }),
    z.strictObject({ type: z.literal('dpo'), dpo: dpo.prefault({}) }),
    z.strictObject({ type: z.literal('rubric_arm'), rubric_arm: rubricArm.prefault({}) }),
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
  }
}
