import type { ErrorData } from '../shared/protocol/error.ts'

/** What ends a command early: one sentence for the person who called it. */
export class Failure extends Error {
  /** The service's own words, where it is the one that refused. */
  readonly data: ErrorData | null

  constructor(message: string, data: ErrorData | null = null) {
    super(message)
    this.data = data
  }
}

/** Runs a command's body; a failure is said in one sentence (with `--json`, as an error body), status 1. */
export async function reportFailures(json: boolean, body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { data, message } = error
    if (json)
      console.log(JSON.stringify({ error: data ?? { code: 'command_failed', message, type: 'caller' } }))
    else console.error(`plumbline: ${message}`)
    process.exitCode = 1
  }
}
