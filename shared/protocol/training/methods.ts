import * as z from 'zod'
import { dpoSettings, readPreference } from './dpo.ts'
import { readConversation, supervisedSettings } from './supervised.ts'

/** How each method reads its hyperparameters and a line of its data. */
export const METHODS = {
  supervised: { settings: supervisedSettings, read: readConversation },
  dpo: { settings: dpoSettings, read: readPreference },
} as const

export type MethodType = keyof typeof METHODS

/** Hyperparameters as OpenAI has them, a level down. Every one has a default. */
function hyperparameters<Settings extends z.ZodType>(settings: Settings) {
  return z.strictObject({ hyperparameters: settings.prefault({}) }).prefault({})
}

/** How a job trains: the method's type, and its hyperparameters under the method's own name. */
export const method = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('supervised'),
      supervised: hyperparameters(METHODS.supervised.settings),
    }),
    z.strictObject({ type: z.literal('dpo'), dpo: hyperparameters(METHODS.dpo.settings) }),
  ])
  .meta({ id: 'FineTuningMethod' })
export type Method = z.infer<typeof method>
