import * as z from 'zod'

/** One hyperparameter, as a row shows it. */
export type Setting = { name: string; values: string; initial: string; meaning: string }

type Field = z.core.JSONSchema.JSONSchema

/** The hyperparameters of a schema with their ranges and what it makes of none given, those of objects by their path. */
export function settingsOf(schema: z.ZodType): Setting[] {
  const root = z.toJSONSchema(schema, { unrepresentable: 'any' })
  return new Reader(root.$defs ?? {}).rowsOf(root, '', schema.parse({}))
}

/** What a schema allows, in words. */
class Reader {
  readonly #named: Readonly<Record<string, Field>>

  constructor(named: Readonly<Record<string, Field>>) {
    this.#named = named
  }

  rowsOf(of: Field, path: string, given: unknown): Setting[] {
    return Object.entries(this.#read(of).properties ?? {}).flatMap(([key, value]) => {
      const name = path === '' ? key : `${path}.${key}`
      const own = this.#read(value)
      const initial = ownOf(given, key)
      if (own.properties) return this.rowsOf(own, name, initial)
      const meaning = own.description ?? ''
      return [{ name, values: this.#valuesOf(own), initial: showInitial(initial), meaning }]
    })
  }

  #read(of: Field | boolean): Field {
    if (typeof of === 'boolean') return {}
    const named = of.$ref === undefined ? undefined : this.#named[of.$ref.replace('#/$defs/', '')]
    return named ? { ...named, ...of } : of
  }

  #valuesOf(value: Field | boolean): string {
    const of = this.#read(value)
    const either = of.anyOf ?? of.oneOf
    if (either) return either.map((one) => this.#valuesOf(one)).join(' or ')
    if (of.const !== undefined) return `\`${of.const}\``
    if (of.enum) return of.enum.map((one) => `\`${one}\``).join(' ')
    if (of.properties) return this.#objectOf(of.properties)
    if (of.prefixItems) return `[${of.prefixItems.map((one) => this.#valuesOf(one)).join(', ')}]`
    if (of.type === 'array' && typeof of.items === 'object' && !Array.isArray(of.items)) {
      return `list of ${this.#valuesOf(of.items)}`
    }
    if (of.type === 'number' || of.type === 'integer') return numberOf(of)
    if (of.type === 'boolean') return 'true or false'
    return of.type === 'string' ? 'text' : String(of.type ?? 'anything')
  }

  #objectOf(properties: Readonly<Record<string, Field | boolean>>): string {
    const fields = Object.entries(properties).map(([name, value]) => `${name}: ${this.#valuesOf(value)}`)
    return `{${fields.join(', ')}}`
  }
}

function ownOf(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, key) : undefined
}

const showInitial = (value: unknown): string => (value === undefined ? '' : `\`${JSON.stringify(value)}\``)

function numberOf(of: Field): string {
  const least =
    of.exclusiveMinimum === undefined ? boundOf('at least', of.minimum) : `above ${of.exclusiveMinimum}`
  const most =
    of.exclusiveMaximum === undefined ? boundOf('at most', of.maximum) : `below ${of.exclusiveMaximum}`
  const bounds = [least, most].filter((bound) => bound !== '').join(', ')
  return `${of.type === 'integer' ? 'whole number' : 'number'}${bounds && ` ${bounds}`}`
}

const boundOf = (word: string, bound: number | undefined) =>
  bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? '' : `${word} ${bound}`

/** Rows as a table in Markdown. */
export function renderTable(settings: readonly Setting[]): string {
  const rows = settings.map(({ name, values, initial, meaning }) =>
    [`\`${name}\``, values, initial, meaning].map((cell) => cell.replaceAll('|', '\\|')).join(' | '),
  )
  return [
    '| hyperparameter | values | default | what it does |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}
