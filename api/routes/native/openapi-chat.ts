import * as z from 'zod'
import { instantiation, verdictMethod } from '../../../shared/protocol/model-entry.ts'
import { chatRequest } from '../../chat/chat.ts'
import { plumblineField } from '../../chat/judges/put-question.ts'
import { messagesRequest } from '../../chat/messages/request.ts'
import { responsesRequest } from '../../chat/responses/request.ts'
import type { Operations } from './openapi-operation.ts'

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  instantiate: instantiation.optional(),
  verdicts: verdictMethod.optional(),
})
const WHO = "Answered by the model entry, alias or judge (plumbline/openrs) that 'model' names."
const plumbline = plumblineField.optional().describe('Judges by name: what is to be judged, and how.')

/** The surfaces of OpenAI's and Anthropic's clients over chat completions. */
export const CHAT: Operations = {
  '/v1/models': {
    get: {
      summary: 'The models that are configured, what jobs trained, judges by name and aliases.',
      tag: 'openai',
      reply: z.object({ object: z.literal('list'), data: z.array(model) }),
    },
  },
  '/v1/models/{id}': {
    get: {
      summary: 'One of them. An id may hold slashes.',
      tag: 'openai',
      path: z.object({ id: z.string() }),
      reply: model,
    },
  },
  '/v1/chat/completions': {
    post: {
      summary: `A chat completion. ${WHO}`,
      tag: 'openai',
      body: chatRequest.extend({ plumbline }),
      reply: z.looseObject({}),
      streams: true,
    },
  },
  '/v1/responses': {
    post: {
      summary: `OpenAI's Responses API, nothing kept between calls. ${WHO}`,
      tag: 'openai',
      body: responsesRequest.extend({ plumbline }),
      reply: z.looseObject({ object: z.literal('response') }),
      streams: true,
    },
  },
  '/v1/messages': {
    post: {
      summary: `Anthropic's Messages API. ${WHO}`,
      tag: 'anthropic',
      body: messagesRequest.extend({ plumbline }),
      reply: z.looseObject({ type: z.literal('message') }),
      streams: true,
    },
  },
}
