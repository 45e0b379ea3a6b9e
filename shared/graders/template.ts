import { GraderFault } from './fault.ts'

/** What a template may name: what is graded, and the row of the data set that it belongs to. */
export type Namespaces = { sample: Record<string, unknown>; item: unknown }

/** Characters that the holes of one text, or of all messages of one call, may come to: a few lines can name a long one often. */
export const MOST_RENDERED = 1_000_000

const HOLE = /\{\{([^{}]*)\}\}/g
const PATH = /^\s*(sample|item)((?:\.[\p{L}\p{N}_$-]+|\[\d{1,9}\]|\["[^"]*"\]|\['[^']*'\])*)\s*$/u
const STEP = /\.([\p{L}\p{N}_$-]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/gu

/**
 * Fills the holes of a template in one pass: `{{ sample.output_text }}`, `{{item.rows[0]["the name"]}}`. A text goes in
 * as it is, and is never looked at again; any other value goes in as JSON. Nothing is computed.
 *
 * Throws `GraderFault`: `invalid_variable_error` for a hole that names nothing, `sample_parse_error` for a part of
 * `sample.output_json` where the sample is no JSON, `other_error` for a text of more than `most` characters.
 */
export function render(template: string, namespaces: Namespaces, most = MOST_RENDERED): string {
  let length = template.length
  const filled = template.replace(HOLE, (hole, inside: string) => {
    const value = shown(valueAt(inside, namespaces, hole))
    length += value.length - hole.length
    if (length > most) throw tooLong()
    return value
  })
  if (length > most) throw tooLong()
  return filled
}

function tooLong(): GraderFault {
  const sentence = `With its variables filled in the grader has more than ${MOST_RENDERED} characters: name long ones once.`
  return new GraderFault({ other_error: true }, sentence)
}

/** The value that `item.x` or `sample.y[0]` names. Throws as `render` does. */
export function valueAt(path: string, namespaces: Namespaces, written = path): unknown {
  const steps = stepsOf(path)
  if (steps === null) throw new GraderFault({ invalid_variable_error: true }, badHole(written))
  let value: unknown = namespaces
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step) || isLength(value, step)) {
      const noJson =
        steps[0] === 'sample' && steps[1] === 'output_json' && !('output_json' in namespaces.sample)
      const why = noJson ? 'the sample is no JSON' : `there is no ${JSON.stringify(step)} in it`
      throw new GraderFault(
        noJson ? { sample_parse_error: true } : { invalid_variable_error: true },
        `'${cut(written)}' names nothing: ${why}.`,
      )
    }
    value = Reflect.get(value, step)
  }
  return value
}

/** The first hole of a template that no sample and no item could ever fill; null where each may be filled. */
export function findBadHole(template: string): string | null {
  for (const [hole, inside = ''] of template.matchAll(HOLE)) {
    if (stepsOf(inside) === null) return badHole(hole)
  }
  return null
}

function badHole(hole: string): string {
  return `'${cut(hole)}' is no variable: write {{sample.output_text}}, {{sample.output_json.x}} or {{item.x}}.`
}

function stepsOf(path: string): string[] | null {
  const [, namespace, rest = ''] = PATH.exec(path) ?? []
  if (namespace === undefined) return null
  const steps = [...rest.matchAll(STEP)].map(
    ([, name, index, double, single]) => name ?? index ?? double ?? single,
  )
  return [namespace, ...steps.map((step) => step ?? '')]
}

const isLength = (value: object, step: string) => Array.isArray(value) && step === 'length'
const cut = (text: string) => (text.length <= 80 ? text : `${text.slice(0, 79)}…`)

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
