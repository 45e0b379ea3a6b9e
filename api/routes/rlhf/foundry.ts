import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Prompt } from '../../../shared/protocol/message.ts'
import { bodyField, fieldPrompt, fieldText } from '../../dialects/body-field.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import type { Sample } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'

/** Where rows of data sets for reinforcement fine-tuning have them, as people name their columns. */
const PROMPTS = ['messages', 'prompt', 'question', 'input', 'query', 'problem', 'instruction']
const LABELS = ['reference_answer', 'ground_truth', 'target', 'answer', 'label', 'expected', 'reference']
const RESPONSES = ['output_text', 'choices.0.message', 'output_json', 'output_tools']

const row = z.record(z.string(), z.unknown())
const foundryRequest = z.looseObject({
  sample: row.describe('What the model wrote: output_text, or choices as chat completions have them.'),
  item: row.describe('The row of the data set.'),
  trace_id: z.string().nullish(),
})
type FoundryRequest = z.infer<typeof foundryRequest>

/** `/rlhf/foundry`: the endpoint grader of Microsoft Foundry (contracts.md 1.6), which discards a rollout after three failures. */
export const foundry: Dialect = numbersOnly({
  name: 'foundry',
  client:
    'Microsoft Foundry: a grader {"type": "endpoint", "url": URL, "headers": {"Authorization": "Bearer KEY"}}',
  patienceMs: 600_000,
  marks: ['sample', 'item'],
  settings: ['prompt', 'response', 'label'],
  request: foundryRequest,
  reply: z.object({ score: z.number(), judgments: z.array(z.string()), substituted: z.boolean() }),
  example: {
    request: {
      sample: { output_text: '4' },
      item: { messages: [{ role: 'user', content: '2+2?' }], reference_answer: '4' },
      trace_id: 'trace_1',
    },
    reply: (reward) => ({ score: reward, judgments: ['jdg_...'], substituted: false }),
  },
  read: (body, settings) => [toSample(body, settings)],
  write([scored]) {
    const { reward = null, judgments = [], substituted = false } = scored ?? {}
    return { body: { score: reward, judgments, substituted } }
  },
})

function toSample(body: FoundryRequest, settings: DialectSettings): Sample {
  const labelParam = settings.label ?? firstOf(body, 'item', LABELS) ?? 'item'
  return {
    index: 0,
    id: body.trace_id ?? null,
    prompt: promptOf(body, settings),
    response: responseOf(body, settings),
    label: labelParam === 'item' ? null : fieldText(bodyField(body, labelParam)),
    labelParam,
  }
}

function promptOf(body: FoundryRequest, settings: DialectSettings): Prompt {
  const path = settings.prompt ?? firstOf(body, 'item', PROMPTS)
  if (path !== undefined && bodyField(body, path) !== undefined)
    return fieldPrompt(bodyField(body, path), path)
  // A verifier looks at the response alone.
  if (path === undefined && settings.verifier !== undefined) return '(no prompt)'
  throw missing('prompt', path, body.item)
}

function responseOf(body: FoundryRequest, settings: DialectSettings): string {
  const path = settings.response ?? firstOf(body, 'sample', RESPONSES)
  const text = path === undefined ? null : fieldText(bodyField(body, path))
  if (text === null) throw missing('response', path, body.sample)
  return text
}

function firstOf(
  body: FoundryRequest,
  part: 'item' | 'sample',
  names: readonly string[],
): string | undefined {
  return names.map((name) => `${part}.${name}`).find((path) => (bodyField(body, path) ?? null) !== null)
}

function missing(what: 'prompt' | 'response', path: string | undefined, held: object): PlumblineError {
  const part = what === 'prompt' ? 'item' : 'sample'
  const fields = Object.keys(held).slice(0, 16).join(', ') || 'no fields'
  const sought = path === undefined ? `No ${what} was found in '${part}'` : `'${path}' is not in the body`
  const message = `${sought}, which has ${fields}: put ${what}=${part}.FIELD in the URL.`
  return new PlumblineError('invalid_request', message, { param: path ?? part })
}
