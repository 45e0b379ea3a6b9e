import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'

/** Another name for a model entry or a judge; `prefix` is a name that ends in `*`, without it. */
export type ModelAlias = { name: string; target: string; prefix: string | null }

const aliasTable = z.record(z.string().regex(/^[^*]*\*?$/), z.string().min(1))

/**
 * Reads `PLUMBLINE_MODEL_ALIASES`, a JSON object from names to the ids of entries or the names of judges. Throws
 * `not_configured` where it is none, or names what `isKnown` does not know.
 */
export function parseAliases(text: string, isKnown: (target: string) => boolean): ModelAlias[] {
  const table = aliasTable.safeParse(jsonOrNull(text))
  if (!table.success) {
    throw wrong(
      'must be a JSON object like {"gpt-4o": "my-entry", "claude-*": "plumbline/openrs"}, with * at the end of a name alone.',
    )
  }
  return Object.entries(table.data).map(([name, target]) => {
    if (!isKnown(target)) {
      throw wrong(
        `sends '${name}' to '${target}': name the id of an entry, or a judge such as plumbline/openrs.`,
      )
    }
    return { name, target, prefix: name.endsWith('*') ? name.slice(0, -1) : null }
  })
}

/** What a name stands for: the alias of that very name, else the one with the longest beginning of it, else itself. */
export function withoutAlias(aliases: readonly ModelAlias[], name: string): string {
  const exact = aliases.find((alias) => alias.prefix === null && alias.name === name)
  if (exact) return exact.target
  const [longest] = aliases
    .filter(({ prefix }) => prefix !== null && name.startsWith(prefix))
    .toSorted((a, b) => b.name.length - a.name.length)
  return longest?.target ?? name
}

function wrong(sentence: string): PlumblineError {
  return new PlumblineError('not_configured', `PLUMBLINE_MODEL_ALIASES ${sentence}`)
}
