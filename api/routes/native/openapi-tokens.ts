import * as z from 'zod'
import { newUrlToken, urlToken, urlTokenList, urlTokenRequest } from '../../../shared/protocol/url-token.ts'
import type { Operations } from './openapi-operation.ts'
import { tokensQuery } from './tokens.ts'

const byId = z.object({ id: z.string() })

/** The routes of URL tokens. */
export const TOKENS: Operations = {
  '/v1/tokens': {
    post: {
      summary:
        'Make a token that stands in a URL, /k/TOKEN before the path of a reward or judge call. It is shown this once.',
      tag: 'native',
      body: urlTokenRequest,
      reply: newUrlToken,
      status: '201',
    },
    get: {
      summary: "The organisation's URL tokens, newest first, without their texts.",
      tag: 'native',
      query: tokensQuery,
      reply: urlTokenList,
    },
  },
  '/v1/tokens/{id}': {
    get: { summary: 'A URL token, without its text.', tag: 'native', path: byId, reply: urlToken },
    delete: {
      summary: 'Revoke a URL token: the very next call with it is refused.',
      tag: 'native',
      path: byId,
      reply: urlToken,
    },
  },
}
