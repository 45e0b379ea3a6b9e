import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Settings } from './checkpoint.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Settings over the values of a GGUF file or a config.json. A key is looked up as it stands, then as a path. Where
 * a config.json keeps the text model's values in `text_config`, those come first. Null is as good as absent.
 */
export function settingsOf(values: Values, path: string): Settings {
  const layers = isRecord(values.text_config) ? [values.text_config, values] : [values]
  const find = (key: string) =>
    layers.map((layer) => valueAt(layer, key)).find((value) => value !== undefined)
  const refuse = (key: string, wanted: string): never => {
    throw new PlumblineError(
      'not_configured',
      `${path} has no ${key} that is ${wanted}; use the whole files of a chat model.`,
    )
  }
  const scalar = <T>(
    key: string,
    wanted: string,
    read: (value: unknown) => T | undefined,
    fallback?: T,
  ): T => {
    const value = find(key)
    if (value === undefined && fallback !== undefined) return fallback
    return read(value) ?? refuse(key, wanted)
  }
  const list = <T>(key: string, wanted: string, read: (value: unknown) => T | undefined): T[] => {
    const value = find(key)
    return Array.isArray(value)
      ? value.map((entry) => read(entry) ?? refuse(key, wanted))
      : refuse(key, wanted)
  }
  return {
    has: (key) => find(key) !== undefined,
    number: (key, fallback) => scalar(key, 'a number', readNumber, fallback),
    string: (key, fallback) => scalar(key, 'a string', readString, fallback),
    boolean: (key, fallback) => scalar(key, 'a boolean', readBoolean, fallback),
    numbers: (key) => list(key, 'a list of numbers', readNumber),
    strings: (key) => list(key, 'a list of strings', readString),
  }
}

function valueAt(values: Values, key: string): unknown {
  if (Object.hasOwn(values, key)) return values[key] ?? undefined
  const walked = key
    .split('.')
    .reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), values)
  return walked ?? undefined
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' ? value : undefined
}

function readString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function readBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
