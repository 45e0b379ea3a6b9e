import { PlumblineError } from '../shared/protocol/error.ts'
import type { EngineOptions } from './generate/open-engine.ts'
import type { Serving } from './worker.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The port of a worker that is told none. */
const DEFAULT_PORT = 8788

/** How the worker's process serves, loads its model and tells of it. */
export type WorkerSettings = { serving: Serving; engine: EngineOptions; progress: 'json' | 'text' }

/**
 * Reads `PLUMBLINE_WORKER_MODEL`, `_PORT` and `_HOST`, `PLUMBLINE_HOME`, `PLUMBLINE_THREADS`,
 * `PLUMBLINE_SECRET`, `PLUMBLINE_OPEN` and `PLUMBLINE_PROGRESS`. Throws `not_configured` with one sentence
 * that names the variable.
 */
export function readSettings(environment: Environment): WorkerSettings {
  const threads = wholeNumber(environment, 'PLUMBLINE_THREADS', 1, 1024)
  const progress = environment.PLUMBLINE_PROGRESS || 'text'
  if (progress !== 'json' && progress !== 'text') {
    throw new PlumblineError('not_configured', "PLUMBLINE_PROGRESS must be 'json' or 'text'.")
  }
  return {
    serving: {
      port: wholeNumber(environment, 'PLUMBLINE_WORKER_PORT', 0, 65_535) ?? DEFAULT_PORT,
      host: environment.PLUMBLINE_WORKER_HOST || '127.0.0.1',
      secret: environment.PLUMBLINE_SECRET || null,
      open: environment.PLUMBLINE_OPEN === '1',
    },
    engine: {
      reference: environment.PLUMBLINE_WORKER_MODEL || 'default',
      ...(environment.PLUMBLINE_HOME && { home: environment.PLUMBLINE_HOME }),
      ...(threads !== undefined && { threads }),
    },
    progress,
  }
}

function wholeNumber(
  environment: Environment,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = environment[name]
  if (!text) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new PlumblineError('not_configured', `${name} must be a whole number from ${least} to ${most}.`)
}
