import * as z from 'zod'
import { PlumblineError } from '../protocol/error.ts'
import { jsonOrNull } from '../protocol/parse.ts'
import { noSandbox } from '../verify/code/no-sandbox.ts'
import { PROGRAM_LIMITS, type ProgramRun } from '../verify/sandbox.ts'
import { GraderFault } from './fault.ts'
import { defineGrader } from './grader.ts'

/** A program of the grader's own, whose `grade(sample, item)` gives a number. It runs in the sandbox and nowhere else. */
export const python = defineGrader({
  schema: z.object({
    type: z.literal('python'),
    name: z.string(),
    source: z
      .string()
      .min(1)
      .max(PROGRAM_LIMITS.characters / 4)
      .describe(
        'Defines grade(sample, item), which gives a number. No network, no files, the standard library alone.',
      ),
    image_tag: z.string().nullish().describe('Read and not heeded: there is one image.'),
  }),
  templates: () => [],
  async grade({ source }, { sample, item }, { sandbox }) {
    if (!sandbox.languages.includes('python')) throw serverFault('no_sandbox', noSandbox('python'))
    const run = await sandbox
      .run({
        language: 'python',
        source,
        stdin: '',
        epilogue: { call: 'grade', with: [sample, item ?? {}] },
        milliseconds: PROGRAM_LIMITS.milliseconds,
      })
      .catch((cause: unknown) => {
        if (!PlumblineError.isInstance(cause)) throw cause
        throw serverFault(cause.code, cause.message, cause)
      })
    return { reward: numberOf(run) }
  },
})

function serverFault(kind: string, sentence: string, cause?: unknown): GraderFault {
  const errors = { python_grader_server_error: true, python_grader_server_error_type: kind }
  return new GraderFault(errors, sentence, { cause })
}

/** What `grade` gave, as Python's `float` has it. Throws where it gave no number. */
function numberOf(run: ProgramRun): number {
  const value = run.finished && run.ended === 'exit' ? jsonOrNull(run.value ?? 'null') : undefined
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const why = run.finished && run.ended === 'exit' ? 'grade gave no number' : complaintOf(run)
  const errors = { python_grader_runtime_error: true, python_grader_runtime_error_details: why }
  throw new GraderFault(errors, `The Python grader gave no score: ${why}.`)
}

function complaintOf({ ended, stderr, milliseconds }: ProgramRun): string {
  if (ended === 'timeout') return `it was stopped after ${milliseconds} ms`
  if (ended === 'memory') return 'it took too much memory'
  if (ended === 'output') return 'it wrote too much'
  return stderr.trim().split('\n').at(-1)?.slice(0, 400) || 'it ended before grade did'
}
