import type { Program, ProgramRun } from '../verify/sandbox.ts'
import { runJavaScript } from './javascript.ts'

type Port = {
  on(event: 'message', heard: (program: Program) => void): unknown
  postMessage(run: ProgramRun): void
}

/** What a thread of `threadedJavaScript` does: runs each program that it is sent. The code is compiled once. */
export function answerPrograms(port: Port, readCode: () => Promise<BufferSource>, now: () => number): void {
  let compiled: Promise<WebAssembly.Module> | undefined
  const wasm = () => {
    compiled ??= readCode().then((code) => WebAssembly.compile(code))
    return compiled
  }
  port.on('message', async (program) => port.postMessage(await runJavaScript(program, { wasm, now })))
}
