import * as z from 'zod'
import { parseJson } from '../model/reply.ts'
import { PlumblineError } from '../protocol/error.ts'
import { askJudge, askModel } from './ask-model.ts'
import { defineGrader } from './grader.ts'
import { inputMessage, renderMessages, textsOf, withReplyForm } from './messages.ts'
import { samplingOptions, samplingParams } from './sampling.ts'

/** A model, or a judge, names one of the labels; 1 where that is among the passing ones, else 0. */
export const labelModel = defineGrader({
  schema: z
    .object({
      type: z.literal('label_model'),
      name: z.string(),
      model: z.string().min(1).describe("A model entry's id, or a judge such as plumbline/pointwise."),
      input: z.array(inputMessage).min(1, 'must hold a message'),
      labels: z.array(z.string().min(1)).min(1, 'must hold a label'),
      passing_labels: z.array(z.string()),
      sampling_params: samplingParams,
    })
    .refine(({ labels, passing_labels }) => passing_labels.every((label) => labels.includes(label)), {
      path: ['passing_labels'],
      message: 'must be among labels',
    })
    .refine(({ labels }) => new Set(labels).size === labels.length, {
      path: ['labels'],
      message: 'names a label twice',
    }),
  templates: ({ input }) => textsOf(input),
  async grade({ model: id, input, labels, passing_labels, sampling_params }, namespaces, { model, judge }) {
    const asked = renderMessages(input, namespaces)
    const passes = (label: string) => (passing_labels.includes(label) ? 1 : 0)
    const named = judge(id)
    if (named) {
      const { read: label, ...spent } = await askJudge(named.label(asked, labels))
      return { reward: passes(label), ...spent, details: `The label is '${label}'. ${spent.details}` }
    }
    const list = labels.map((label) => JSON.stringify(label)).join(', ')
    const form = `Reply with JSON alone: {"result": <one of ${list}>}.`
    const messages = withReplyForm(asked, form)
    const { read: label, ...spent } = await askModel(id, model, messages, {
      ...samplingOptions(sampling_params),
      schema: { name: 'label', schema: schemaOf(labels) },
      read: (said) => labelIn(said, labels),
    })
    return { reward: passes(label), details: `The label is '${label}'.`, ...spent }
  },
})

/** The label that a reply gives: its `result`, or all of it. Throws `reply_not_json` or `reply_invalid`. */
function labelIn(said: string, labels: string[]): string {
  if (labels.includes(said)) return said
  const parsed = z.object({ result: z.string() }).safeParse(parseJson(said, 'label'))
  if (parsed.success && labels.includes(parsed.data.result)) return parsed.data.result
  throw new PlumblineError('reply_invalid', "The grading model's reply names none of the labels.")
}

function schemaOf(labels: string[]) {
  return {
    type: 'object',
    properties: { result: { type: 'string', enum: labels } },
    required: ['result'],
    additionalProperties: false,
  }
}
