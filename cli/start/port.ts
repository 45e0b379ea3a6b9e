import { createServer } from 'node:net'
import { InvalidArgumentError } from 'commander'
import { PlumblineError } from '../../shared/protocol/error.ts'

/** Reads a port from the command line. */
export function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.')
}

/** Throws a sentence when something listens on this port already: workerd itself would not say so. */
export async function requireFree(port: number): Promise<void> {
  const probe = createServer()
  const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    probe.once('error', resolve)
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(null)))
  })
  if (failure !== null) throw new PlumblineError('not_configured', await sentence(port, failure))
}

async function sentence(port: number, failure: NodeJS.ErrnoException): Promise<string> {
  const other = 'choose another with --port.'
  if (failure.code !== 'EADDRINUSE') return `Port ${port} may not be opened (${failure.code}): ${other}`
  const ours = await answersAsPlumbline(port)
  return ours
    ? `A Plumbline answers on port ${port} already: use it, stop it, or ${other}`
    : `Port ${port} is in use by another program: ${other}`
}

async function answersAsPlumbline(port: number): Promise<boolean> {
  const timeout = AbortSignal.timeout(1000)
  const page = await fetch(`http://127.0.0.1:${port}/`, { signal: timeout })
    .then((response) => response.text())
    .catch(() => '')
  return page.includes('Plumbline')
}
