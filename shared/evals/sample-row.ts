import type { ModelUse, Surroundings } from '../graders/grader.ts'
import { referredMessages, renderMessages } from '../graders/messages.ts'
import { sampleOf } from '../graders/sample.ts'
import { samplingOptions } from '../graders/sampling.ts'
import type { GenerateOptions } from '../model/language-model.ts'
import type { Message } from '../protocol/message.ts'
import type { DataSource, Row } from './run.ts'

/** A response to grade: the `sample` namespace, how it is shown, and what it took. */
export type Sampled = { namespace: Record<string, unknown>; shown: Record<string, unknown>; uses: ModelUse[] }

const NOT_SAMPLED = {
  finish_reason: null,
  error: null,
  usage: null,
  seed: null,
  temperature: null,
  top_p: null,
  max_completion_tokens: null,
}

/**
 * The response to grade a row by: the one that came with it, or one that the data source's model writes. Throws
 * `GraderFault` where the messages can't be filled in, and what calls to models do.
 */
export async function sampleRow(given: DataSource, row: Row, { policy }: Surroundings): Promise<Sampled> {
  const messages = messagesOf(given, row)
  if (given.type === 'jsonl' || !given.model || messages === null) return cameWith(row)
  const options = optionsOf(given)
  const { text, finish, tokens } = await policy(given.model).generate(messages, options)
  const message = { role: 'assistant', content: text }
  const namespace = sampleOf(text, {
    model: given.model,
    choices: [{ index: 0, message, finish_reason: finish }],
  })
  const shown = {
    model: given.model,
    input: messages,
    output: [message],
    finish_reason: finish,
    error: null,
    usage: {
      prompt_tokens: tokens.prompt,
      completion_tokens: tokens.completion,
      cached_tokens: tokens.cached,
      total_tokens: tokens.prompt + tokens.completion,
    },
    seed: options.seed ?? null,
    temperature: options.temperature ?? 0,
    top_p: options.topP ?? 1,
    max_completion_tokens: options.maxTokens ?? null,
  }
  return { namespace, shown, uses: [{ model: given.model, calls: 1, tokens }] }
}

function messagesOf(given: DataSource, { item }: Row): Message[] | null {
  if (given.type === 'jsonl' || !given.input_messages) return null
  const namespaces = { sample: {}, item }
  if (given.input_messages.type === 'template')
    return renderMessages(given.input_messages.template, namespaces)
  return referredMessages(given.input_messages.item_reference, namespaces)
}

function cameWith({ sample }: Row): Sampled {
  const text = typeof sample?.output_text === 'string' ? sample.output_text : null
  const namespace = text === null ? { ...sample } : sampleOf(text, sample ?? {})
  const output = text === null ? [] : [{ role: 'assistant', content: text }]
  const shown = { model: sample?.model ?? null, input: [], output, ...NOT_SAMPLED }
  return { namespace, shown, uses: [] }
}

function optionsOf(given: Exclude<DataSource, { type: 'jsonl' }>): GenerateOptions {
  const schema = schemaOf(given)
  return { ...samplingOptions(given.sampling_params), ...(schema && { schema }) }
}

function schemaOf(given: Exclude<DataSource, { type: 'jsonl' }>): GenerateOptions['schema'] | null {
  if (given.type === 'completions') {
    const format = given.sampling_params?.response_format
    return format?.type === 'json_schema' ? format.json_schema : null
  }
  const format = given.sampling_params?.text?.format
  return format?.type === 'json_schema' ? { name: format.name, schema: format.schema } : null
}
