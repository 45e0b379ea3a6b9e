import * as z from 'zod'

const ofMethod = <Type extends string>(type: Type) => z.looseObject({ type: z.literal(type) })

/** How a job trains, and its hyperparameters under the method's own name. */
export const method = z
  .discriminatedUnion('type', [
    ofMethod('supervised'),
    ofMethod('dpo'),
    ofMethod('rubric_arm'),
    ofMethod('arl_rr'),
    ofMethod('pairwise'),
  ])
  .meta({ id: 'FineTuningMethod' })
export type Method = z.infer<typeof method>
export type MethodType = Method['type']
