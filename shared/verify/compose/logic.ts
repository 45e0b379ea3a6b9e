import * as z from 'zod'
import { defineVerifier, type Outcome } from '../verifier.ts'
import { count, findAll, nameOf, told } from './kleene.ts'
import { common, inner, inners, type VerifierSpec } from './spec.ts'

const names = (specs: VerifierSpec[]) => specs.map(nameOf).join(', ')

/** Kleene's strong three-valued logic: what could not be told decides only where the rest leaves it open. */
export const all = defineVerifier({
  kind: 'all',
  summary: 'Every verifier in `of` passes.',
  schema: z.strictObject({ kind: z.literal('all'), ...common, of: inners }),
  async run({ of }, subject) {
    return atLeast(of.length, of, subject, `all of ${names(of)}`)
  },
})

export const any = defineVerifier({
  kind: 'any',
  summary: 'One verifier in `of` passes.',
  schema: z.strictObject({ kind: z.literal('any'), ...common, of: inners }),
  async run({ of }, subject) {
    return atLeast(1, of, subject, `any of ${names(of)}`)
  },
})

export const atLeastN = defineVerifier({
  kind: 'at_least',
  summary: 'At least `n` verifiers in `of` pass.',
  schema: z
    .strictObject({ kind: z.literal('at_least'), ...common, n: z.int().min(1), of: inners })
    .refine(({ n, of }) => n <= of.length, {
      path: ['n'],
      message: 'asks for more than there are',
      params: { code: 'invalid_verifier' },
    }),
  async run({ n, of }, subject) {
    return atLeast(n, of, subject, `at least ${n} of ${names(of)}`)
  },
})

async function atLeast(
  n: number,
  of: VerifierSpec[],
  subject: Parameters<typeof findAll>[1],
  expected: string,
): Promise<Outcome> {
  const found = await findAll(of, subject, (so) => count(so, true) >= n || count(so, false) > of.length - n)
  const passing = count(found, true)
  if (passing >= n) return { passed: true, expected, received: `${passing} passed` }
  if (count(found, false) > of.length - n) {
    return { passed: false, expected, received: told(found, false).received }
  }
  return { passed: null, expected, ...told(found, null) }
}

export const not = defineVerifier({
  kind: 'not',
  summary: 'The verifier in `of` fails.',
  schema: z.strictObject({ kind: z.literal('not'), ...common, of: inner }),
  async run({ of }, { check }) {
    const { passed, expected, ...rest } = await check(of)
    return { ...rest, passed: passed === null ? null : !passed, expected: `not (${expected})` }
  },
})

export const when = defineVerifier({
  kind: 'when',
  summary: 'If one verifier passes, another does; where it fails, `else` does, or nothing is asked.',
  schema: z.strictObject({
    kind: z.literal('when'),
    ...common,
    if: inner,
    // biome-ignore lint/suspicious/noThenProperty: an object here, which nothing that awaits it can call
    then: inner,
    else: inner.optional(),
  }),
  async run({ if: condition, then, else: otherwise }, { check }) {
    const { passed, received, reason } = await check(condition)
    if (passed === true) return check(then)
    if (passed === false && otherwise) return check(otherwise)
    const expected = `${nameOf(then)} where ${nameOf(condition)} passes`
    if (passed === false) return { passed: true, expected, received: `not asked: ${received}` }
    // It could not be told whether it is asked; where it holds either way, it makes no difference.
    const [one, other] = [await check(then), otherwise ? await check(otherwise) : null]
    if (one.passed === true && (other === null || other.passed === true)) return one
    if (one.passed === false && other?.passed === false) return one
    return { passed: null, expected, received, ...(reason === undefined ? {} : { reason }) }
  },
})
