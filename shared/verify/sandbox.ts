import type { Outcome } from './verifier.ts'

/** The languages that a sandbox may run. */
export const SANDBOX_LANGUAGES = ['javascript', 'python'] as const
export type SandboxLanguage = (typeof SANDBOX_LANGUAGES)[number]

/** What one program may use, wherever it runs. */
export const PROGRAM_LIMITS = {
  /** Characters of source, of stdin and of what follows the program, together. */
  characters: 400_000,
  /** Bytes of memory: what QuickJS may take, and the address space of a Python interpreter. */
  javascriptBytes: 64 * 1024 * 1024,
  pythonBytes: 512 * 1024 * 1024,
  /** Bytes of stack, beyond which a recursion ends in an error of the program's own. */
  javascriptStackBytes: 160 * 1024,
  pythonStackBytes: 64 * 1024 * 1024,
  /** Bytes of stdout and stderr together, and of a value that is given back. */
  outputBytes: 256 * 1024,
  /** Milliseconds of a run: what a caller may ask for, and what it gets otherwise. */
  milliseconds: 10_000,
  defaultMilliseconds: 2000,
} as const

/** What runs behind the program, in the same interpreter: statements, or a call whose value is told. */
export type Epilogue = { assert: string } | { call: string; with: readonly unknown[] }

/** A program to run: untrusted, without network or files. */
export type Program = {
  language: SandboxLanguage
  source: string
  stdin: string
  epilogue: Epilogue | null
  /** Time that it may take. */
  milliseconds: number
}

/** `ended` is how it ended; only `exit` says anything of the program's own `status`. */
export type ProgramRun = {
  ended: 'exit' | 'timeout' | 'memory' | 'output'
  status: number
  stdout: string
  stderr: string
  /** Whether the epilogue came to its end. A program that exits before it leaves it false. */
  finished: boolean
  /** What the call of the epilogue gave, as JSON; null where there was none. */
  value: string | null
  milliseconds: number
}

/**
 * A place that runs untrusted programs under the caps of `PROGRAM_LIMITS`. It never throws because of what a
 * program does; it throws `PlumblineError` (`verifier_failed`) where it could not run one.
 */
export type Sandbox = {
  readonly languages: readonly SandboxLanguage[]
  run(program: Program): Promise<ProgramRun>
  /** Another service, which makes the whole check where it runs the language. It never throws. */
  readonly elsewhere?: {
    readonly languages: readonly SandboxLanguage[]
    check(spec: { kind: string }, response: string): Promise<Outcome>
  }
}
