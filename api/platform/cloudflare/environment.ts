import type { Environment } from '../config.ts'

/** Variables and secrets of a Worker; bindings that are not text are none. */
export function environmentOf(env: Env): Environment {
  const values = new Map<string, unknown>(Object.entries(env))
  return (name) => {
    const value = values.get(name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
}
