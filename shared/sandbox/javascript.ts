import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSRuntime,
  QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import { PROGRAM_LIMITS, type Program, type ProgramRun } from '../verify/sandbox.ts'
import { PRELUDE } from './prelude.ts'
import { freshQuickJs } from './quickjs.ts'

/** QuickJS asks whether to go on after 10,000 steps, so often a millisecond at the least cost of a step. */
const POLLS_A_MILLISECOND = 40

export type JavaScriptContext = {
  /** QuickJS' compiled code. */
  wasm: () => Promise<WebAssembly.Module>
  /** Milliseconds; it may stand still while a program runs, as on Cloudflare, where steps are counted instead. */
  now: () => number
}

/**
 * Runs a program in QuickJS: an interpreter in WebAssembly, which reaches nothing of the host but the two functions
 * of the prelude. It ends at the first step after its time, so a single long built-in call (a search of one long
 * text in another) may outlast it: whoever must not wait runs this in a thread and ends the thread.
 */
export async function runJavaScript(program: Program, { wasm, now }: JavaScriptContext): Promise<ProgramRun> {
  const quickJs = await freshQuickJs(await wasm())
  const started = now()
  return { ...runIn(quickJs, program, now), milliseconds: Math.ceil(now() - started) }
}

type State = Omit<ProgramRun, 'milliseconds'> & { stopped: boolean }

function runIn(quickJs: QuickJSWASMModule, program: Program, now: () => number) {
  const state: State = {
    ended: 'exit',
    status: 0,
    stdout: '',
    stderr: '',
    finished: false,
    value: null,
    stopped: false,
  }
  try {
    const runtime = quickJs.newRuntime()
    runtime.setMemoryLimit(PROGRAM_LIMITS.javascriptBytes)
    runtime.setMaxStackSize(PROGRAM_LIMITS.javascriptStackBytes)
    runtime.setInterruptHandler(stopper(state, program.milliseconds, now))
    evaluate(runtime, runtime.newContext(), program, state)
  } catch (error) {
    // The interpreter itself gave up: it is thrown away with all that it holds.
    fault(state, error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
  const { stopped: _, ...run } = state
  return run
}

function stopper(state: State, milliseconds: number, now: () => number): () => boolean {
  const deadline = now() + milliseconds
  let polls = milliseconds * POLLS_A_MILLISECOND
  return () => {
    if (!state.stopped && (--polls < 0 || now() >= deadline)) {
      state.ended = 'timeout'
      state.stopped = true
    }
    return state.stopped
  }
}

function evaluate(runtime: QuickJSRuntime, context: QuickJSContext, program: Program, state: State): void {
  const runTimer = context.unwrapResult(
    context.callFunction(
      context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js')),
      context.undefined,
      writer(context, state),
      leaver(context, state),
      context.newString(program.stdin),
    ),
  )
  const { source, epilogue } = program
  const step = (code: string) =>
    settle(runtime, context, runTimer, context.evalCode(code, 'program.js'), state)
  if (step(source) === null || state.stopped) return
  if (epilogue === null) return
  if ('assert' in epilogue) {
    if (step(epilogue.assert) !== null && !state.stopped) state.finished = true
    return
  }
  const called = step(`(${epilogue.call})(...${JSON.stringify(epilogue.with)})`)
  if (called === null || state.stopped) return
  const stringify = context.unwrapResult(context.evalCode('(value) => JSON.stringify(value) ?? "null"'))
  const text = read(context, context.callFunction(stringify, context.undefined, called), state)
  if (text === null || state.stopped) return
  const value = context.getString(text)
  if (value.length > PROGRAM_LIMITS.outputBytes) state.ended = 'output'
  else Object.assign(state, { finished: true, value })
}

type Result = ReturnType<QuickJSContext['evalCode']>

/** Runs what the code has left to do, promises and timers; gives its value, or what its promise came to. */
function settle(
  runtime: QuickJSRuntime,
  context: QuickJSContext,
  runTimer: QuickJSHandle,
  result: Result,
  state: State,
): QuickJSHandle | null {
  const value = read(context, result, state)
  if (value === null) return null
  for (let more = true; more && !state.stopped; ) {
    const ran = runtime.executePendingJobs()
    if (ran.error) {
      read(context, { error: ran.error }, state)
      return null
    }
    const due = read(context, context.callFunction(runTimer, context.undefined), state)
    if (due === null) return null
    more = context.dump(due) === true || runtime.hasPendingJob()
  }
  const promise = context.getPromiseState(value)
  if (promise.type === 'fulfilled') return promise.value
  if (promise.type === 'rejected') return read(context, { error: promise.error }, state)
  fault(state, 'Error: what it waits for never comes.')
  return null
}

/** The value, or null with the error written down as a program's last words. */
function read(
  context: QuickJSContext,
  result: { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle },
  state: State,
): QuickJSHandle | null {
  if (!result.error) return result.value
  if (state.stopped) return null
  const error: unknown = context.dump(result.error)
  const thrown = typeof error === 'object' && error !== null ? error : { message: error }
  const [name, message, stack] = ['name', 'message', 'stack'].map((key) =>
    String(Reflect.get(thrown, key) ?? '').slice(0, 2000),
  )
  if (name === 'InternalError' && message === 'out of memory') state.ended = 'memory'
  fault(state, `${name || 'Uncaught'}: ${message}\n${stack}`)
  return null
}

function fault(state: State, words: string): void {
  state.status = 1
  state.stderr += `${words.trim()}\n`
}

function writer(context: QuickJSContext, state: State): QuickJSHandle {
  let left: number = PROGRAM_LIMITS.outputBytes
  return context.newFunction('write', (stream, text) => {
    if (state.stopped) return
    const words = context.getString(text)
    left -= words.length
    if (left < 0) Object.assign(state, { ended: 'output', stopped: true })
    else if (context.getNumber(stream) === 1) state.stdout += words
    else state.stderr += words
  })
}

function leaver(context: QuickJSContext, state: State): QuickJSHandle {
  return context.newFunction('exit', (code) => {
    state.status = context.getNumber(code) || 0
    state.stopped = true
    return { error: context.newError('the program exits') }
  })
}
