import * as z from 'zod'
import { type Outcome, type Subject, type Verifier, verifierName } from '../verifier.ts'
import { isBlank, strip } from './python-text.ts'

/** What a check saw in a response that is not blank. */
export type Finding = { passed: boolean; expected: string; received: string }

type Spec<Kind extends string> = { kind: Kind; loose: boolean }

/** A verifier whose kind is an instruction id of IFEval or IFBench, and whose arguments are the data set's kwargs. */
export type Instruction<Kind extends string, Schema extends z.ZodType<Spec<Kind>>> = {
  kind: Kind
  /** One sentence for the docs. */
  summary: string
  schema: Schema
  check(response: string, spec: z.infer<Schema>): Finding | Promise<Finding>
}

const loose = z
  .boolean()
  .default(false)
  .describe('Pass when any of the eight loose variants of the response passes.')

/** The schema of an instruction with the given kwargs. */
export function instruction<Kind extends string, Kwargs extends z.core.$ZodLooseShape>(
  kind: Kind,
  kwargs: Kwargs,
) {
  return z.strictObject({
    kind: z.literal(kind),
    name: verifierName,
    loose,
    ...kwargs,
  })
}

/**
 * Makes a verifier of an instruction. A blank response follows none. With `loose`, the first passing variant counts
 * (Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", section 2.2).
 */
export function defineInstruction<Kind extends string, Schema extends z.ZodType<Spec<Kind>>>({
  kind,
  summary,
  schema,
  check,
}: Instruction<Kind, Schema>): Verifier<Kind, Schema> {
  const run = async (spec: z.infer<Schema>, { response, share }: Pick<Subject, 'response' | 'share'>) => {
    const readings = spec.loose ? 8 : 1
    if (response.length * readings > MAX_WORK * share) return tooLong(kind)
    const strict: Outcome = await check(response, spec)
    if (isBlank(response)) return { ...strict, passed: false, received: 'a blank response' }
    if (strict.passed || !spec.loose) return strict
    for (const variant of variants(response)) {
      if (isBlank(variant)) continue
      const found = await check(variant, spec)
      if (found.passed) return { ...found, received: `${found.received}, in a loose reading` }
    }
    return strict
  }
  return { kind, summary, schema, run }
}

/** The most characters that a call with one check may go over, which takes seconds when they are all full stops. */
const MAX_WORK = 10_000_000

const tooLong = (kind: string): Outcome => ({
  passed: null,
  expected: kind,
  received: '',
  reason: `The response is too long for so many checks in one call: ask for '${kind}' in a call of its own.`,
})

/** The response without its first line, its last and both, and all of these and itself without asterisks. */
export function variants(response: string): string[] {
  const lines = response.split('\n')
  const cut = [lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((kept) => strip(kept.join('\n')))
  return [...new Set([...cut, ...[response, ...cut].map((text) => text.replaceAll('*', ''))])]
}
