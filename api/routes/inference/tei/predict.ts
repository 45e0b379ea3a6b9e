import * as z from 'zod'
import { PlumblineError } from '../../../../shared/protocol/error.ts'
import { answerSample, plainText, templatedSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import type { Sample } from '../../../dialects/sample.ts'
import { inferenceDialect, originFields, originOf, told } from '../inference-dialect.ts'
import { refuseAsTei } from './tei-refusal.ts'

/** Inputs that TEI takes in one body unless it was started with another limit; its clients cut their batches to it. */
export const MOST_INPUTS = 32

const sequence = z
  .array(plainText, 'must be a list of one text, or of a prompt and a response, as each of several inputs is')
  .min(1, 'must hold a text')
  .max(2, 'must hold one text, or a prompt and a response')

const predictRequest = z.looseObject({
  inputs: z.union([plainText, sequence, z.array(sequence).min(1, 'must hold an input')]),
  raw_scores: z.boolean().nullish(),
})

const prediction = z.array(
  z.object({
    score: z.number(),
    label: z.literal('LABEL_0'),
    ...originFields,
  }),
)

/**
 * TEI's `/predict` (contracts.md 4.3). One text is a conversation in a known chat template; two are a pair, the prompt and
 * its response; several inputs are a list of lists.
 */
export const teiPredict: Dialect = inferenceDialect('tei/predict', {
  client: 'Text Embeddings Inference POST /predict',
  marks: ['inputs'],
  refuse: refuseAsTei,
  request: predictRequest,
  reply: z.union([prediction, z.array(prediction)]),
  example: {
    request: { inputs: [['2+2?', '4']] },
    reply: (_, score) => [[{ score, label: 'LABEL_0', judgments: ['jdg_...'], substituted: false }]],
  },
  read({ inputs }) {
    const list = batchOf(inputs) ?? [sequenceOf(inputs)]
    refuseMany(list.length, 'inputs')
    return list.map((one, index) => toSample(one, index, batchOf(inputs) ? `inputs.${index}` : 'inputs'))
  },
  write(scored, _, { inputs, raw_scores }) {
    const predictions = scored.map((one) => [
      {
        ...{ score: told(one, raw_scores === true), label: 'LABEL_0' },
        ...originOf(one),
      },
    ])
    return { body: batchOf(inputs) ? predictions : (predictions[0] ?? []) }
  },
})

/** Throws what TEI says of a batch above its limit. */
export function refuseMany(inputs: number, param: string): void {
  if (inputs <= MOST_INPUTS) return
  const message = `'${param}' holds ${inputs}, and at most ${MOST_INPUTS} are taken: send them in parts.`
  throw new PlumblineError('invalid_request', message, { param })
}

type Inputs = z.infer<typeof predictRequest>['inputs']

/** The inputs where they are several; null for one. */
function batchOf(inputs: Inputs): string[][] | null {
  if (typeof inputs === 'string') return null
  const lists = inputs.filter((one) => typeof one !== 'string')
  return lists.length > 0 ? lists : null
}

const sequenceOf = (inputs: Inputs) => [inputs].flat(2)

function toSample([first = '', second]: string[], index: number, param: string): Sample {
  return second === undefined
    ? templatedSample(first, index, param)
    : answerSample(first, second, index, param)
}
