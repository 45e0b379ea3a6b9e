import * as z from 'zod'
import type { Generation } from '../../../shared/model/language-model.ts'
import { errorBody, PlumblineError } from '../../../shared/protocol/error.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import type { Teacher } from '../../../shared/rubric-arm/contrastive.ts'
import { askAgain, callService, type ServiceAddress } from '../../train/judging/service-call.ts'

/** Milliseconds before the tries after the first one: hosted models are full for a while. */
const WAITS = [1000, 8000, 30_000]
const QUOTED_CHARACTERS = 200

const count = z.int().min(0).nullish()
const completion = z.object({
  choices: z.tuple(
    [
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    ],
    z.unknown(),
  ),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
    })
    .nullish(),
})

/** What servers of models say that are no Plumbline. */
const otherError = z.object({ error: z.object({ message: z.string() }) })

/**
 * A model entry of a Plumbline service as a teacher, `POST /v1/chat/completions`. What may succeed a second time is tried
 * again; then it throws as `LanguageModel` does. A refusal is a reply without text: it was paid for. `cancel` ends what
 * is under way.
 */
export function serviceTeacher(address: ServiceAddress, model: string, cancel: AbortSignal): Teacher {
  return {
    generate(messages, { temperature, seed, maxTokens } = {}) {
      const body = JSON.stringify({ model, messages, temperature, seed, max_tokens: maxTokens })
      return askAgain(address, WAITS, async () => {
        cancel.throwIfAborted()
        return read(model, await callService(address, '/v1/chat/completions', body, cancel))
      })
    },
  }
}

function read(model: string, { status, text }: { status: number; text: string }): Generation {
  const value = jsonOrNull(text)
  if (status >= 300) throw failed(model, status, value)
  const parsed = completion.safeParse(value)
  if (!parsed.success) {
    throw new PlumblineError(
      'reply_invalid',
      `The teacher '${model}' did not answer with a chat completion: check PLUMBLINE_URL of the worker and the base_url of the entry.`,
    )
  }
  const [{ message, finish_reason }] = parsed.data.choices
  const { usage } = parsed.data
  return {
    text: (message.content ?? '').toWellFormed(),
    finish: finish_reason === 'length' ? 'length' : 'stop',
    tokens: {
      prompt: usage?.prompt_tokens ?? 0,
      completion: usage?.completion_tokens ?? 0,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    },
  }
}

function failed(model: string, status: number, value: unknown): PlumblineError {
  const transient = status === 408 || status === 429 || status >= 500
  const ours = errorBody.safeParse(value)
  if (ours.success) {
    const { code, message, param } = ours.data.error
    return new PlumblineError(code, message, { param, transient })
  }
  const said = otherError.safeParse(value).data?.error.message.replace(/\s+/g, ' ').trim()
  const quote = said ? `, saying "${said.slice(0, QUOTED_CHARACTERS)}"` : ''
  return new PlumblineError('model_http_error', `The teacher '${model}' answered ${status}${quote}.`, {
    transient,
  })
}
