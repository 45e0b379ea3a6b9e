import * as z from 'zod'
import { parseJson } from '../model/reply.ts'
import { PlumblineError } from '../protocol/error.ts'
import { askJudge, askModel } from './ask-model.ts'
import { defineGrader } from './grader.ts'
import { inputMessage, renderMessages, textsOf, withReplyForm } from './messages.ts'
import { samplingOptions, samplingParams } from './sampling.ts'

const TEXT = { type: 'string' }
const RESULT = { type: 'number' }
const STEPS = { type: 'array', items: objectOf({ description: TEXT, conclusion: TEXT }) }
/** Steps of reasoning stand before the number, but for a model that is made to pick, which would not end them. */
const FORMS = {
  generate: {
    shown: '{"steps": [{"description": "...", "conclusion": "..."}], "result": NUMBER}',
    schema: objectOf({ steps: STEPS, result: RESULT }),
  },
  choose: { shown: '{"result": NUMBER}', schema: objectOf({ result: RESULT }) },
} as const

function objectOf(properties: Record<string, object>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
const reply = z.object({ result: z.union([z.number(), z.string().trim().regex(NUMBER).transform(Number)]) })

/** A model, or a judge, gives a number in `range`, by the messages of the grader. */
export const scoreModel = defineGrader({
  schema: z.object({
    type: z.literal('score_model'),
    name: z.string(),
    model: z.string().min(1).describe("A model entry's id, or a judge such as plumbline/pointwise."),
    input: z.array(inputMessage).min(1, 'must hold a message'),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([least, most]) => least < most, 'must be the least score and a larger one')
      .nullish()
      .describe('Default [0, 1].'),
    sampling_params: samplingParams,
  }),
  templates: ({ input }) => textsOf(input),
  async grade({ model: id, input, range, sampling_params }, namespaces, { model, judge }) {
    const [least, most] = range ?? [0, 1]
    const asked = renderMessages(input, namespaces)
    const named = judge(id)
    if (named) {
      const { read: share, ...spent } = await askJudge(named.score(asked))
      return { reward: least + share * (most - least), ...spent }
    }
    const { shown, schema } = FORMS[model(id).verdicts]
    const number = `<a number from ${least} to ${most}>`
    const form = `Reply with JSON alone: ${shown.replace('NUMBER', number)}.`
    const messages = withReplyForm(asked, form)
    const { read: reward, ...spent } = await askModel(id, model, messages, {
      ...samplingOptions(sampling_params),
      schema: { name: 'score', schema },
      read: (said) => scoreIn(said, least, most),
    })
    return { reward, ...spent }
  },
})

/** The number that a reply gives: its `result`, or all of it. Throws `reply_not_json` or `reply_invalid`. */
function scoreIn(said: string, least: number, most: number): number {
  const parsed = NUMBER.test(said)
    ? ({ success: true, data: { result: Number(said) } } as const)
    : reply.safeParse(parseJson(said, 'score'))
  if (!parsed.success) {
    throw new PlumblineError('reply_invalid', "The grading model's reply has no number as its result.")
  }
  const { result } = parsed.data
  if (result >= least && result <= most) return result
  const sentence = `The grading model gave ${result}, which is not between ${least} and ${most}.`
  throw new PlumblineError('reply_invalid', sentence)
}
