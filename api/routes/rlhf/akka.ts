import * as z from 'zod'
import { fieldPrompt, fieldText } from '../../dialects/body-field.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { reasonOf } from '../../dialects/reason.ts'

/** `/rlhf/akka`: the `http:URL` grader and reward of the Akka trainer (contracts.md 1.7), whose scores are 0..1. */
export const akka: Dialect = numbersOnly({
  name: 'akka',
  client: 'Akka trainer: a grader http:URL',
  patienceMs: null,
  marks: ['input', 'output'],
  request: z.looseObject({ input: z.unknown(), output: z.unknown(), expected: z.unknown().optional() }),
  reply: z.object({
    score: z.number().min(0).max(1),
    explanation: z.string(),
    judgments: z.array(z.string()),
  }),
  example: {
    request: { input: '2+2?', output: '4', expected: '4' },
    reply: (_, score) => ({ score, explanation: 'By judgments jdg_....', judgments: ['jdg_...'] }),
  },
  read: ({ input, output, expected }) => [
    {
      index: 0,
      id: null,
      prompt: fieldPrompt(input, 'input'),
      response: fieldText(output) ?? '',
      label: fieldText(expected),
      labelParam: 'expected',
    },
  ],
  write([scored]) {
    const { score = null, judgments = [] } = scored ?? {}
    return { body: { score, explanation: scored ? reasonOf(scored) : '', judgments } }
  },
})
