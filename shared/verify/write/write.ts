import * as z from 'zod'
import { fence } from '../../model/fence.ts'
import type { LanguageModel } from '../../model/language-model.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { WrittenVerifier } from '../../protocol/written-verifier.ts'
import type { Sandbox } from '../sandbox.ts'
import type { VerifierSpec } from '../verifiers.ts'
import { verify } from '../verify.ts'
import { type Draft, draft, verifierOf } from './draft.ts'
import { WRITE_VERIFIER } from './prompt.ts'

/** Times that a model may try: the second with another seed. */
const TRIES = 2
/** Several times what a verifier takes. */
const MAX_TOKENS = 2048

export type WriteContext = {
  model: LanguageModel
  /** HMAC key of the fences around the constraint. */
  secret: string
  sandbox: Sandbox
  signal?: AbortSignal
}

/**
 * Has a model express a constraint as a verifier. What it writes is data: it is held against the schema of callers'
 * verifiers, run on a response that must pass and on one that must fail, and refused unless both come out; a program
 * in it runs in the sandbox alone. Throws `invalid_verifier` where the model finds nothing to check by, `reply_invalid`
 * where no try held its own examples, `invalid_request` for a model that writes nothing, and what its calls throw.
 */
export async function writeVerifier(constraint: string, context: WriteContext): Promise<WrittenVerifier> {
  const { model, secret, signal } = context
  if (model.instantiate === 'select') throw picksOnly(model)
  const messages = fill(WRITE_VERIFIER, {
    'fenced:constraint': await fence(secret, 'constraint', constraint),
  })
  let fault = ''
  for (let seed = 0; seed < TRIES; seed++) {
    const settings = {
      temperature: seed === 0 ? 0 : 1,
      seed,
      maxTokens: MAX_TOKENS,
      ...(signal && { signal }),
    }
    const written = await ask(model, messages, { name: 'verifier', schema: draft, ...settings })
    if (!written.checkable || written.checks.length === 0) throw notCheckable()
    const tried = await tryOut(written, constraint, context)
    if (typeof tried !== 'string') return tried
    fault = tried
  }
  const advice = 'say the constraint more exactly, write the verifier yourself, or use a larger model'
  throw new PlumblineError('reply_invalid', `The model's verifier was refused, since ${fault}: ${advice}.`)
}

/** The verifier with the tests that it held, or why it is refused. */
async function tryOut(
  written: Draft,
  constraint: string,
  { sandbox }: WriteContext,
): Promise<WrittenVerifier | string> {
  const verifier = read(written, constraint)
  if (typeof verifier === 'string') return verifier
  const examples = [
    { response: written.passing_example, should_pass: true },
    { response: written.failing_example, should_pass: false },
  ]
  const tested: WrittenVerifier['tested'] = []
  for (const { response, should_pass } of examples) {
    const [result] = await verify([verifier], { prompt: null, response }, { sandbox })
    const { passed = null, received = '' } = result ?? {}
    if (passed !== should_pass) {
      const should = should_pass ? 'pass' : 'fail'
      return `it did not ${should} on an example that must ${should} (${result?.error?.message ?? received})`
    }
    tested.push({ response, should_pass, passed, received })
  }
  return { object: 'verifier', verifier, tested }
}

function read(written: Draft, constraint: string): VerifierSpec | string {
  try {
    return verifierOf(written, constraint.slice(0, 128).toWellFormed())
  } catch (error) {
    if (error instanceof z.ZodError)
      return `its ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}`
    throw error
  }
}

function picksOnly({ identity }: LanguageModel): PlumblineError {
  const message = `'${identity}' picks labels and writes no JSON: name a model with instantiate "generate".`
  return new PlumblineError('invalid_request', message, { param: 'model' })
}

function notCheckable(): PlumblineError {
  const message =
    'The model finds nothing in the constraint that a mechanical check can tell: make it a criterion of a rubric instead.'
  return new PlumblineError('invalid_verifier', message, { param: 'constraint' })
}
