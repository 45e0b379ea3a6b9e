import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { promptOf, responseObject, responseParams, textOfResponse } from '../../dialects/response-object.ts'
import { sampleLabel } from '../../dialects/sample.ts'
import { principleRubric, refuseAsNemoGym } from './nemo-gym.ts'

/** The fields of a row that hold what a response should come to, the first that there is. */
const LABELS = ['expected_answer', 'ground_truth', 'label'] as const

const verifyRequest = z
  .looseObject({
    responses_create_params: responseParams,
    response: responseObject,
    expected_answer: sampleLabel.optional(),
    ground_truth: sampleLabel.optional(),
    label: sampleLabel.optional(),
    principle: z.string().nullish().describe('What the response is judged by, in words.'),
  })
  .describe('The other fields of the row come back as they are.')

const fields = z.record(z.string(), z.json())

/**
 * `/rlhf/nemo-gym/verify`: the `/verify` of a resources server of NeMo-Gym (contracts.md 2.5). The body comes back with
 * the reward in it.
 */
export const nemoGymVerify: Dialect = echoing(
  numbersOnly({
    name: 'nemo-gym/verify',
    client: 'NeMo-Gym: /verify of a resources server',
    patienceMs: null,
    marks: ['responses_create_params', 'response'],
    refuse: refuseAsNemoGym,
    request: verifyRequest,
    reply: z.looseObject({ reward: z.number(), judgments: z.array(z.string()), substituted: z.boolean() }),
    example: {
      request: {
        responses_create_params: { input: [{ role: 'user', content: '2+2?' }] },
        response: {
          id: 'resp_1',
          output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '4' }] }],
        },
        expected_answer: '4',
      },
      reply: (reward) => ({ reward, judgments: ['jdg_...'], substituted: false }),
    },
    read(body) {
      const labelParam = LABELS.find((field) => body[field] != null) ?? LABELS[0]
      const prompt = promptOf(body.responses_create_params)
      if (prompt.length === 0) {
        const message = `'responses_create_params.input' says nothing: send the prompt in it.`
        throw new PlumblineError('invalid_request', message, { param: 'responses_create_params.input' })
      }
      return [
        {
          ...{ index: 0, id: body.response.id ?? null, prompt, response: textOfResponse(body.response) },
          ...{ label: body[labelParam]?.toWellFormed() ?? null, labelParam },
          ...principleRubric(body.principle),
        },
      ]
    },
    write: ([scored]) => ({
      body: {
        reward: scored?.reward ?? null,
        judgments: scored?.judgments ?? [],
        substituted: scored?.substituted ?? false,
      },
    }),
  }),
)

/** A dialect whose reply is what was sent with the reply's own fields in it. */
function echoing(dialect: Dialect): Dialect {
  return {
    ...dialect,
    async answer(body, settings, score) {
      const { body: added, ...reply } = await dialect.answer(body, settings, score)
      return { ...reply, body: { ...fields.parse(body), ...fields.parse(added) } }
    },
  }
}
