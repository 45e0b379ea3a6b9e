import { createMiddleware } from 'hono/factory'
import type { Platform } from '../platform/platform.ts'
import { takeJudgment } from '../tokens/capped.ts'
import type { Edge } from './edge.ts'

/** Counts a call that goes to a model without passing a desk as one judgment of the URL token that it came by. */
export function takeForCall({ tokens, now }: Pick<Platform, 'tokens' | 'now'>) {
  return createMiddleware<Edge>(async (c, next) => {
    if (c.get('urlToken') !== null) await takeJudgment(c.get('call').apiKey, tokens, now())
    await next()
  })
}
