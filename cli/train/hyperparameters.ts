import { readFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { Failure } from '../failure.ts'

type Fields = { readonly [name: string]: unknown }

/** One `--set`: where in the configuration, and what. */
export type Setting = { path: readonly string[]; value: unknown }

/** For commander, of an option given again and again: `optimiser.learning_rate=1e-4`. A value that is no JSON is text. */
export function toSetting(text: string, before: readonly Setting[]): Setting[] {
  const [name = '', ...rest] = text.split('=')
  const path = name.split('.')
  if (rest.length === 0 || path.includes('')) {
    throw new InvalidArgumentError("Give it as name=value, such as 'lora.rank=8'.")
  }
  const value = rest.join('=')
  const read = value === 'null' ? null : (jsonOrNull(value) ?? value)
  return [...before, { path, value: read }]
}

/**
 * The hyperparameters that a caller asks for: a file's, and single ones in their place. Whether there are such ones is
 * for the service to say. Throws a `Failure` where the file can't be read.
 */
export function hyperparametersOf(config: string | undefined, settings: readonly Setting[]): Fields {
  const from = config === undefined ? {} : readConfig(config)
  return settings.reduce((fields, { path, value }) => withSetting(fields, path, value), from)
}

function readConfig(path: string): Fields {
  const advice = 'give the hyperparameters as one JSON object'
  const text = readText(path)
  const value = jsonOrNull(text)
  if (!isFields(value)) throw new Failure(`'${path}' holds no JSON object: ${advice}.`)
  return value
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`Can't read '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}

function withSetting(fields: Fields, [name = '', ...rest]: readonly string[], value: unknown): Fields {
  const inner = Object.hasOwn(fields, name) ? fields[name] : {}
  const next = rest.length === 0 ? value : withSetting(isFields(inner) ? inner : {}, rest, value)
  // entries rather than a spread: a field of any name, __proto__ too, stays a field for the service to refuse
  return Object.fromEntries([...Object.entries(fields).filter(([other]) => other !== name), [name, next]])
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
