import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../plumbline.ts', import.meta.url))

export type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string }

/** The command as a process of its own, with nothing of our environment but the path. */
export function start(args: string[], { env = {}, stdin = '', cwd = '/' } = {}) {
  const child = spawn(process.execPath, [command, ...args], { cwd, env: { PATH: process.env.PATH, ...env } })
  child.stdin.end(stdin)
  return { child, ended: collect(child) }
}

/** Runs the command to its end. */
export function plumbline(args: string[], options: Parameters<typeof start>[1] = {}): Promise<Ended> {
  return start(args, options).ended
}

async function collect(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the process has no output')
  const [output, errors, [code, signal]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'exit'),
  ])
  return { code, signal, stdout: output, stderr: errors }
}
