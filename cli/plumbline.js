#!/usr/bin/env node
// The command for whatever Node npm runs: one that reads TypeScript goes on, an older one hands over to ours.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('./plumbline.ts', import.meta.url))

if (process.features.typescript) await import('./plumbline.ts')
else handOver()

function handOver() {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    console.error(
      `plumbline: needs Node 22.18 or newer, this is ${process.version}: install one, or run npm install.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [command, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // A terminal sends ctrl-C to the child as well; a second one would cut its tidying up short.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
