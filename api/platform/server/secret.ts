import { readFileSync, writeFileSync } from 'node:fs'

/** The secret in a file that only its owner reads: 64 hex digits, made on the first start. */
export function keptSecret(path: string): string {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  try {
    writeFileSync(path, made.join(''), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(path, 'utf8').trim()
}
