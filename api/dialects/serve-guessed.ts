import { Hono, type MiddlewareHandler } from 'hono'
import type { Edge } from '../middleware/edge.ts'
import { readJson } from '../routes/body.ts'
import { describeDialect } from './describe.ts'
import type { Dialect } from './dialect.ts'
import { answerBody, type ScorerOf, settingsOf } from './serve-dialect.ts'
import { whoseBody } from './whose-body.ts'

/**
 * A path that clients of several dialects may call: the body says whose it is, and `GET` describes them all. What `GET /`
 * says is another's affair. The guards run before anything else.
 */
export function serveGuessed(
  path: string,
  dialects: readonly Dialect[],
  scorerOf: ScorerOf,
  guards: readonly MiddlewareHandler<Edge>[],
) {
  const app = new Hono<Edge>()
  const methods = [...new Set(dialects.flatMap(({ methods: own = ['POST'] }): readonly string[] => own))]
  for (const guard of guards) app.on(path === '/' ? methods : [...methods, 'GET'], '/', guard)
  if (path !== '/') {
    app.get('/', (c) =>
      c.json({
        object: 'list',
        data: dialects.map((dialect) => describeDialect(dialect, c.req.url, settingsOf(dialect, c))),
      }),
    )
  }
  const [only] = dialects
  return app.on(methods, '/', async (c) => {
    if (only && dialects.length === 1) return answerBody(only, c, scorerOf)
    const body = await readJson(c)
    return answerBody(whoseBody(body, dialects, path), c, scorerOf, async () => body)
  })
}
