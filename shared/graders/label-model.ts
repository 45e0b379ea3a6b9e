import * as z from 'zod'
import { parseJson } from '../model/reply.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import { askModel } from './ask-model.ts'
import { defineGrader, type GradingModel } from './grader.ts'
import { inputMessage, renderMessages, textsOf, withReplyForm } from './messages.ts'
import { faultOfModel } from './model-fault.ts'
import { samplingOptions, samplingParams } from './sampling.ts'

/** As many alternatives as the OpenAI API tells the probability of. */
const LETTERS = [...'ABCDEFGHIJKLMNOPQRST']

/** A model names one of the labels; 1 where that is among the passing ones, else 0. */
export const labelModel = defineGrader({
  schema: z
    .object({
      type: z.literal('label_model'),
      name: z.string(),
      model: z.string().min(1).describe("A model entry's id."),
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
  async grade({ model: id, input, labels, passing_labels, sampling_params }, namespaces, { model }) {
    const messages = renderMessages(input, namespaces)
    const picks = model(id).verdicts === 'choose' && labels.length > 1 && labels.length <= LETTERS.length
    const { label, ...spent } = picks
      ? await pickLabel(id, model(id), messages, labels)
      : await writeLabel(id, model, messages, labels, samplingOptions(sampling_params))
    return { reward: passing_labels.includes(label) ? 1 : 0, details: `The label is '${label}'.`, ...spent }
  },
})

/** Each label stands behind a letter, so that the likeliest first token of the reply tells it. */
async function pickLabel(id: string, model: GradingModel, messages: Message[], labels: string[]) {
  const letters = LETTERS.slice(0, labels.length)
  const list = labels.map((label, index) => `${letters[index]} = ${JSON.stringify(label)}`).join(', ')
  const asked = withReplyForm(messages, `Reply with one letter alone: ${list}.`)
  const { probabilities, tokens } = await model.choose(asked, letters).catch((error: unknown) => {
    throw faultOfModel(error)
  })
  const likeliest = probabilities.indexOf(Math.max(...probabilities))
  const reply = letters[likeliest] ?? ''
  return { label: labels[likeliest] ?? '', reply, use: { model: id, calls: 1, tokens } }
}

async function writeLabel(
  id: string,
  modelOf: (id: string) => GradingModel,
  messages: Message[],
  labels: string[],
  sampling: ReturnType<typeof samplingOptions>,
) {
  const list = labels.map((label) => JSON.stringify(label)).join(', ')
  const asked = withReplyForm(messages, `Reply with JSON alone: {"result": <one of ${list}>}.`)
  const { read: label, ...spent } = await askModel(id, modelOf, asked, {
    ...sampling,
    schema: { name: 'label', schema: schemaOf(labels) },
    read: (said) => labelIn(said, labels),
  })
  return { label, ...spent }
}

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
