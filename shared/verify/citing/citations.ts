import * as z from 'zod'
import { defineVerifier, invalidVerifier, verifierName } from '../verifier.ts'
import { STYLES } from './styles.ts'

type Style = keyof typeof STYLES
const styles = Object.keys(STYLES) as [Style, ...Style[]]
const bound = z.int().min(0).max(100_000).optional()

export const citations = defineVerifier({
  kind: 'citations',
  summary: 'The response cites in a style, and everything that it cites is in its list of references.',
  schema: z
    .strictObject({
      kind: z.literal('citations'),
      name: verifierName,
      style: z
        .enum(styles)
        .describe(
          'numeric: [1] and a list; author_year: (Lin, 2004) and a list; footnote: [^1] and [^1]: ...',
        ),
      min: bound.describe('Different references cited. Default 1.'),
      max: bound,
      all_cited: z.boolean().default(false).describe('Every entry of the list is cited, too.'),
    })
    .refine(({ min = 1, max = Infinity }) => min <= max, invalidVerifier('has a min above its max')),
  run({ style, min = 1, max = Infinity, all_cited }, { response }) {
    const { cited, entries } = STYLES[style](response)
    const [used, listed] = [new Set(cited), new Set(entries)]
    const count = max === Infinity ? `at least ${min}` : `${min} to ${max}`
    const expected = `${count} ${style} citations, each with one entry`
    const fail = (received: string) => ({ passed: false, expected, received })
    if (used.size < min || used.size > max) return fail(`${used.size} cited, ${listed.size} listed`)
    const missing = [...used].find((label) => !listed.has(label))
    if (missing !== undefined) return fail(`'${missing}' is cited and not listed`)
    // an author may have several works of a year
    const twice = style === 'author_year' ? undefined : repeated(entries)
    if (twice !== undefined) return fail(`'${twice}' is listed twice`)
    const unused = all_cited ? [...listed].find((label) => !used.has(label)) : undefined
    if (unused !== undefined) return fail(`'${unused}' is listed and not cited`)
    return { passed: true, expected, received: `${used.size} cited, ${listed.size} listed` }
  },
})

function repeated(labels: string[]): string | undefined {
  const seen = new Set<string>()
  return labels.find((label) => seen.size === seen.add(label).size)
}
