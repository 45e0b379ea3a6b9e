import { run } from './command.ts'

/** What a step counted. A check counts as one test; `said` is shown when it failed. */
export type Outcome = { passed: number; failed: number; said?: string }

export type Step = { name: string; run: () => Promise<Outcome> }

/** A check that a condition holds: null when it does, else what is wrong. */
export function check(name: string, find: () => Promise<string | null>): Step {
  return {
    name,
    async run() {
      const wrong = await find()
      return wrong === null ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, said: wrong }
    },
  }
}

/** A check made by a tool: its exit status decides, and its output says why. */
export function tool(name: string, command: string[]): Step {
  return check(name, async () => {
    const { code, output } = await run(command)
    return code === 0 ? null : output
  })
}
