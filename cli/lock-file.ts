import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { Failure } from './failure.ts'

/** What this process has locked. */
const held = new Set<string>()

/**
 * Keeps other processes from writing to a file until this one ends, by `PATH.lock` beside it, which holds the process's
 * id and machine. The lock of a process that was killed is taken over. Throws a `Failure` where another one has it, and
 * what the file system says.
 */
export function lockFile(path: string): void {
  const lock = `${path}.lock`
  if (held.has(lock)) return
  const owner = ownerOf(lock)
  if (owner !== null && mayRun(owner)) {
    const advice = `wait for it or stop it; remove '${lock}' if it runs no more`
    throw new Failure(`Process ${owner} is writing to '${path}' already: ${advice}.`)
  }
  if (owner !== null) rmSync(lock, { force: true })
  writeFileSync(lock, ownName(), { flag: 'wx' })
  held.add(lock)
  process.once('exit', () => rmSync(lock, { force: true }))
}

const ownName = () => `${process.pid}@${hostname()}`

function ownerOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** False only where that is known: of another machine it is not. A lock of our own id is left from an earlier life. */
function mayRun(owner: string): boolean {
  if (owner === ownName()) return false
  const [pid = '', ...machine] = owner.split('@')
  if (!/^[1-9]\d*$/.test(pid) || machine.join('@') !== hostname()) return true
  try {
    return process.kill(Number(pid), 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
