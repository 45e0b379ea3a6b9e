import * as z from 'zod'
import { PROGRAM_LIMITS, SANDBOX_LANGUAGES } from '../sandbox.ts'
import { defineVerifier, verifierName } from '../verifier.ts'
import { noSandbox } from './no-sandbox.ts'

/** Milliseconds that a checking program may take, where nothing shares them. */
const ALLOWANCE_MS = 2000

const answer = z.union([
  z.boolean(),
  z.object({ passed: z.boolean().nullable(), received: z.string().optional() }),
])

/**
 * A program checks the response: its function `check` is called with the response's text, in the sandbox, and says
 * true, false, or `{passed, received}`. A program that breaks tells nothing of the response.
 */
export const program = defineVerifier({
  kind: 'program',
  summary:
    "A program of the caller's own checks the response: `check(response)` gives true, false or {passed, received}. It runs in the sandbox.",
  schema: z.strictObject({
    kind: z.literal('program'),
    name: verifierName,
    language: z.enum(SANDBOX_LANGUAGES),
    source: z.string().min(1).max(50_000).describe('Defines a function `check` of one text.'),
  }),
  async run(spec, { response, share, sandbox }) {
    const { language, source } = spec
    const expected = 'check(response) gives true'
    if (sandbox?.elsewhere?.languages.includes(language)) return sandbox.elsewhere.check(spec, response)
    if (!sandbox?.languages.includes(language)) {
      return { passed: null, expected, received: '', reason: noSandbox(language) }
    }
    const run = await sandbox.run({
      language,
      source,
      stdin: '',
      epilogue: { call: 'check', with: [response] },
      milliseconds: Math.max(1, Math.min(Math.floor(ALLOWANCE_MS * share), PROGRAM_LIMITS.milliseconds)),
    })
    const said = run.finished && run.ended === 'exit' ? answer.safeParse(jsonOf(run.value)) : null
    if (!said?.success) {
      const why = said ? 'gave neither true nor false' : run.stderr.trim().split('\n')[0] || run.ended
      return { passed: null, expected, received: '', reason: `The checking program told nothing: ${why}.` }
    }
    const { passed, received } = typeof said.data === 'boolean' ? { passed: said.data } : said.data
    return { passed, expected, received: received ?? `it gave ${passed}` }
  },
})

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
}
