import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { PROGRAM_LIMITS, type Program, type ProgramRun, type Sandbox } from '../../shared/verify/sandbox.ts'
import { ESCAPES } from './escapes.ts'

const GUARD = readFileSync(new URL('./guard.py', import.meta.url), 'utf8')

/** Programs at once; the others wait, which takes nothing from their time. */
const PLACES = 2
/** What an interpreter may take to start and to lock itself in, before the program's own time begins. */
const START_MS = 5000

const report = z.strictObject({
  ended: z.enum(['exit', 'memory']),
  status: z.int(),
  finished: z.boolean(),
  value: z.string().nullable(),
})
const refusal = z.strictObject({ refused: z.string() })

/**
 * A sandbox of Python: each program is a process of its own that has locked itself in before it reads the first
 * line (guard.py). Tries to break out once, and throws `not_configured` where the interpreter can't be run or the
 * system does not hold it: unguarded, nothing is ever run.
 */
export async function openPython(path: string): Promise<Sandbox> {
  const executable = await locate(path)
  const place = pLimit(PLACES)
  const run = (program: Program) => place(() => runGuarded(executable, program))
  const tried = await run({ ...ESCAPES, milliseconds: START_MS }).catch((error: Error) => {
    throw unusable(path, error.message)
  })
  if (tried.stdout.trim() !== 'held') {
    const what = tried.stdout.trim() || tried.stderr.trim().split('\n').at(-1) || tried.ended
    throw unusable(path, `what must be refused is not: ${what}`)
  }
  return { languages: ['python'], run }
}

async function locate(path: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['-I', '-c', 'import sys; print(sys.executable)'])
    return stdout.trim()
  } catch (cause) {
    throw unusable(path, 'it is not a Python 3 that can be started', cause)
  }
}

function unusable(path: string, why: string, cause?: unknown): PlumblineError {
  const message = `Python programs can't be run safely with PLUMBLINE_PYTHON '${path}' (${why}): name another or leave it out.`
  return new PlumblineError('not_configured', message, { cause })
}

async function runGuarded(executable: string, program: Program): Promise<ProgramRun> {
  const word = randomUUID()
  // a session of its own, an empty environment, and no descriptor but these five
  const child = spawn(executable, ['-I', '-S', '-B', '-X', 'utf8', '-c', GUARD], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const started = performance.now()
  const run: ProgramRun = { ...NOTHING }
  const stop = (ended: ProgramRun['ended']) => {
    if (run.ended === 'exit') run.ended = ended
    killGroup(child)
  }
  let timer = setTimeout(() => stop('timeout'), START_MS)
  const room = { left: PROGRAM_LIMITS.outputBytes }
  const [, , , payload, told] = child.stdio
  told?.once('data', () => {
    clearTimeout(timer)
    timer = setTimeout(() => stop('timeout'), program.milliseconds)
  })
  feed(child.stdin, program.stdin)
  feed(payload, JSON.stringify({ ...payloadOf(program), word }))
  const [stdout, stderr, said, status] = await Promise.all([
    collect(child.stdout, room, () => stop('output')),
    collect(child.stderr, room, () => stop('output')),
    collect(told, { left: 2 * PROGRAM_LIMITS.outputBytes }, () => stop('output')),
    ended(child),
  ]).finally(() => clearTimeout(timer))
  killGroup(child)
  const milliseconds = Math.ceil(performance.now() - started)
  const reported = readReport(said, word)
  const ranOut = run.ended === 'exit' && reported === null && status === 'SIGKILL'
  return {
    ...run,
    ...(typeof status === 'number' ? { status } : { status: 1, ended: ranOut ? 'timeout' : run.ended }),
    ...(run.ended === 'exit' && reported),
    stdout,
    stderr,
    milliseconds,
  }
}

const NOTHING: ProgramRun = {
  ended: 'exit',
  status: 0,
  stdout: '',
  stderr: '',
  finished: false,
  value: null,
  milliseconds: 0,
}

function payloadOf({ source, epilogue, milliseconds }: Program) {
  const { pythonBytes: memory, pythonStackBytes: stack, outputBytes: output } = PROGRAM_LIMITS
  return { source, epilogue, limits: { memory, stack, output, seconds: Math.ceil(milliseconds / 1000) + 1 } }
}

/**
 * What the guard said behind the word that the program is not told. Throws where it refused to run anything, which it
 * says before the line that begins the program's time: a program that finds the word out can't refuse itself.
 */
function readReport(said: string, word: string): z.infer<typeof report> | null {
  const words = said.trimStart()
  const told = words.startsWith(word) ? jsonOf(words.slice(word.length)) : null
  const refused = refusal.safeParse(told)
  if (refused.success && words === said) {
    throw new PlumblineError(
      'verifier_failed',
      `Python programs can't be held here: ${refused.data.refused}.`,
    )
  }
  const parsed = report.safeParse(told)
  return parsed.success ? parsed.data : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A program may end without having read what it was given. */
function feed(stream: unknown, text: string): void {
  const pipe = stream as Writable
  pipe.on('error', () => {})
  pipe.end(text)
}

async function collect(stream: unknown, room: { left: number }, full: () => void): Promise<string> {
  const kept: Buffer[] = []
  for await (const chunk of stream as Readable) {
    room.left -= chunk.length
    if (room.left < 0) full()
    else kept.push(chunk)
  }
  return Buffer.concat(kept).toString('utf8')
}

function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
    child.on('error', (cause) => {
      const message = `Python could not be started (${cause.message}).`
      reject(new PlumblineError('verifier_failed', message, { cause }))
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // all of it has ended already
  }
}
