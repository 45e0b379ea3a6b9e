import * as z from 'zod'
import { defineGrader } from './grader.ts'
import { render } from './template.ts'

const OPERATIONS = {
  eq: (input: string, reference: string) => input === reference,
  ne: (input: string, reference: string) => input !== reference,
  like: (input: string, reference: string) => input.includes(reference),
  ilike: (input: string, reference: string) => input.toLowerCase().includes(reference.toLowerCase()),
} as const
type Operation = keyof typeof OPERATIONS

/** 1 where the input equals the reference (`eq`), differs from it (`ne`) or holds it (`like`, `ilike`), else 0. */
export const stringCheck = defineGrader({
  schema: z.object({
    type: z.literal('string_check'),
    name: z.string(),
    input: z.string(),
    reference: z.string(),
    operation: z
      .enum(Object.keys(OPERATIONS) as [Operation, ...Operation[]])
      .describe('Equal, not equal, or the input holds the reference: like with case, ilike without.'),
  }),
  templates: ({ input, reference }) => [input, reference],
  grade({ input, reference, operation }, namespaces) {
    const holds = OPERATIONS[operation](render(input, namespaces), render(reference, namespaces))
    return { reward: holds ? 1 : 0 }
  },
})
