import * as z from 'zod'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { post, Refusal, type Service } from '../client.ts'

const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
})

const MAX_TOKENS = 4096

/** A model behind the service's `/v1/chat/completions`, to write with. Throws as `LanguageModel` does. */
export function chatModel(
  service: Service,
  model: string | undefined,
  signal: AbortSignal,
): Pick<LanguageModel, 'generate'> {
  return {
    async generate(messages, { schema, temperature = 0, seed, maxTokens = MAX_TOKENS } = {}) {
      const body = {
        ...(model !== undefined && { model }),
        messages,
        temperature,
        ...(seed !== undefined && { seed }),
        max_tokens: maxTokens,
        ...(schema && {
          response_format: {
            type: 'json_schema',
            json_schema: { name: schema.name, schema: schema.schema, strict: true },
          },
        }),
      }
      const { choices, usage } = await explained(
        post(service, '/v1/chat/completions', body, completion, { signal }),
      )
      const [choice] = choices
      return {
        text: choice?.message.content ?? '',
        finish: choice?.finish_reason === 'length' ? 'length' : 'stop',
        tokens: {
          prompt: usage?.prompt_tokens ?? 0,
          completion: usage?.completion_tokens ?? 0,
          cached: 0,
        },
      }
    },
  }
}

async function explained<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof Refusal) || error.data === null) throw error
    const transient = error.status === 429 || error.status >= 500
    throw new PlumblineError(error.data.code, error.data.message, { transient, cause: error })
  }
}
