import { Hono } from 'hono'
import { sha256 } from '../../../shared/identity/hash.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Tally } from '../../metrics/tally.ts'
import { isLocal } from '../../middleware/authenticate.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Config } from '../../platform/config.ts'

/**
 * `GET /metrics`: what this process counted, for whoever runs the service. Wants `PLUMBLINE_METRICS_KEY` as a bearer
 * token, as Prometheus sends it; an open service without that key answers this machine.
 */
export function metricsRoutes({ environment, open, keys }: Config, tally: Tally) {
  return new Hono<Edge>().get('/', async (c) => {
    const key = environment('PLUMBLINE_METRICS_KEY')
    const known =
      key === undefined
        ? open && keys.length === 0 && isLocal(new URL(c.req.url), c.req.header('origin'))
        : await same(c.req.header('authorization') ?? '', `Bearer ${key}`)
    if (!known) {
      throw new PlumblineError(
        'unauthorized',
        'Metrics are for whoever runs the service: set PLUMBLINE_METRICS_KEY and send it as a bearer token.',
      )
    }
    return c.body(tally.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
}

/** Hashes are compared, so that the time that it takes tells nothing of the key. */
async function same(given: string, expected: string): Promise<boolean> {
  return (await sha256(given)) === (await sha256(expected))
}
