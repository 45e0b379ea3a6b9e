import { PlumblineError } from '../protocol/error.ts'
import type { Sandbox } from '../verify/sandbox.ts'

/** Several sandboxes as one: each program runs in the first that has its language. */
export function together(sandboxes: readonly Sandbox[]): Sandbox {
  return {
    languages: sandboxes.flatMap(({ languages }) => languages),
    async run(program) {
      const sandbox = sandboxes.find(({ languages }) => languages.includes(program.language))
      if (sandbox) return sandbox.run(program)
      throw new PlumblineError('verifier_failed', `Nothing here runs ${program.language}.`)
    },
  }
}
