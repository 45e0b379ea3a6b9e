import * as z from 'zod'
import { message } from '../../../shared/protocol/message.ts'
import { Failure } from '../../failure.ts'
import { healthbenchScores } from '../official/healthbench.ts'
import { answersBy, defineLayout, leftOut } from './layout.ts'

/**
 * HealthBench: conversations with the criteria of physicians. The responses come from --responses, from the lines
 * themselves, or are the ideal completions that some lines carry, which then is what the score is of.
 */
export const healthbench = defineLayout({
  name: 'healthbench',
  item: "conversation in HealthBench's layout",
  keys: ['prompt_id', 'rubrics'],
  schema: z.object({
    prompt_id: z.string(),
    prompt: z.array(message),
    rubrics: z.array(
      z.object({ criterion: z.string(), points: z.number(), tags: z.array(z.string()).default([]) }),
    ),
    example_tags: z.array(z.string()).default([]),
    response: z.string().optional(),
    completion: z.string().optional(),
    ideal_completions_data: z.looseObject({ ideal_completion: z.string() }).nullish(),
  }),
  suite(items, { responses }) {
    const given = responses && answersBy(responses)
    const examples = items.flatMap((item) => {
      const own = item.response ?? item.completion ?? item.ideal_completions_data?.ideal_completion
      const response = given ? given.get(item.prompt_id) : own
      return response === undefined ? [] : [{ ...item, response }]
    })
    if (examples.length === 0) {
      throw new Failure('No conversation has a response: give --responses, lines {"prompt_id", "response"}.')
    }
    return {
      tasks: examples.map(({ prompt_id, prompt, response, rubrics }) => ({
        kind: 'response',
        id: prompt_id,
        prompt,
        response,
        rubric: {
          criteria: rubrics.map(({ criterion, points, tags }, index) => ({
            id: `c${String(index + 1).padStart(2, '0')}`,
            points,
            title: criterion,
            ...(tags.length > 0 && { tags }),
          })),
        },
      })),
      official: (results) => [
        ...healthbenchScores(
          examples.map(({ prompt_id, example_tags }) => ({ id: prompt_id, tags: example_tags })),
          results,
        ),
        ...leftOut(items.length, examples.length),
      ],
    }
  },
})
