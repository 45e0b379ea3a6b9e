/** The languages that a sandbox may run. */
export type SandboxLanguage = 'javascript' | 'python'

/** A program to run: untrusted, without network or files. */
export type Program = { language: SandboxLanguage; source: string; stdin: string }

/** `ended` is how it ended; only `exit` says anything of the program's own `status`. */
export type ProgramRun = {
  ended: 'exit' | 'timeout' | 'memory' | 'output'
  status: number
  stdout: string
  stderr: string
}

/**
 * A place that runs untrusted programs under caps of time, memory and output. It never throws because of what a
 * program does; it throws `PlumblineError` (`verifier_failed`) where it could not run one.
 */
export type Sandbox = {
  readonly languages: readonly SandboxLanguage[]
  run(program: Program): Promise<ProgramRun>
}
