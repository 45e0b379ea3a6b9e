import * as z from 'zod'
import { PROGRAM_LIMITS, SANDBOX_LANGUAGES } from '../sandbox.ts'
import { invalidVerifier, verifierName } from '../verifier.ts'
import { EXTRACTS } from './extract.ts'

const source = z.string().max(PROGRAM_LIMITS.characters / 4)

const stdinTest = z.strictObject({
  stdin: source.default('').describe('What the program reads.'),
  expected_stdout: source.describe('White space at the end of lines and of the text makes no difference.'),
})
const assertTest = z.strictObject({
  assert: source
    .min(1)
    .describe(
      'Statements that run behind the program, in the same interpreter: an exception fails the test.',
    ),
})
const callTest = z.strictObject({
  arguments: z.array(z.json()).max(64).describe('What the entry point is called with.'),
  expected: z.json().describe('What it gives, as JSON: tuples are arrays.'),
})

/** A test of a program, in one of three forms. */
export const codeTest = z.union([stdinTest, assertTest, callTest])
export type CodeTest = z.infer<typeof codeTest>

/** `f`, `module.f`, `Solution().f`, `new Solution().f`. */
const ENTRY_POINT = /^(?:new )?[A-Za-z_$][\w$]*(?:\(\))?(?:\.[A-Za-z_$][\w$]*(?:\(\))?)*$/

export const codeSpec = z
  .strictObject({
    kind: z.literal('code'),
    name: verifierName,
    language: z.enum(SANDBOX_LANGUAGES),
    extract: z
      .enum(EXTRACTS)
      .default('last_block')
      .describe('Which fenced blocks are the program; a response without any is one.'),
    setup: source.optional().describe('Runs before the program: imports, or the beginning it continues.'),
    entry_point: z
      .string()
      .max(128)
      .regex(ENTRY_POINT, invalidVerifier('must be a name such as "solve" or "Solution().solve"'))
      .optional()
      .describe('The function that tests with arguments call.'),
    tests: z.array(codeTest).min(1, 'must hold a test').max(64),
    tolerance: z.number().min(0).max(1e300).default(0).describe('Largest difference of numbers given back.'),
    timeout_ms: z
      .int()
      .min(10)
      .max(PROGRAM_LIMITS.milliseconds)
      .default(PROGRAM_LIMITS.defaultMilliseconds)
      .describe('Of each test.'),
  })
  .refine(
    ({ tests, entry_point }) => entry_point !== undefined || tests.every((test) => !('arguments' in test)),
    { path: ['entry_point'], ...invalidVerifier('is needed by tests with arguments') },
  )
export type CodeSpec = z.infer<typeof codeSpec>
