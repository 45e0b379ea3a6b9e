import { readFile } from 'node:fs/promises'
import { type Schema, Validator } from '@cfworker/json-schema'
import { experimental_readRawConfig } from 'wrangler'
import { run } from './command.ts'

/** Keywords that only say that something below them failed. */
const CONTAINERS = new Set(['allOf', 'anyOf', 'oneOf', '$ref', 'items', 'properties', 'false'])

/**
 * Holds a wrangler.toml against the schema that wrangler ships, which allows no unknown keys; wrangler itself
 * only warns of them. Returns a line for each fault.
 */
export async function configFaults(path: string): Promise<string[]> {
  const schemaFile = new URL('../../node_modules/wrangler/config-schema.json', import.meta.url)
  const schema: Schema = JSON.parse(await readFile(schemaFile, 'utf8'))
  const { rawConfig } = experimental_readRawConfig({ config: path })
  const { errors } = new Validator(schema, '7', false).validate(rawConfig)
  return errors
    .filter((error) => !CONTAINERS.has(error.keyword))
    .map((error) => `${path} ${error.instanceLocation}: ${error.error}`)
}

/** Builds the edge as a deploy would and uploads nothing; a warning counts as a failure. */
export async function deployFaults(path: string): Promise<string | null> {
  const { code, output } = await run(['wrangler', 'deploy', '--dry-run', '--config', path])
  return code === 0 && !output.includes('WARNING') ? null : output
}
