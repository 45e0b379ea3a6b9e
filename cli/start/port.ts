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
  if (failure === null) return
  const reason = failure.code === 'EACCES' ? 'may not be opened by this user' : 'is in use by another program'
  throw new PlumblineError('not_configured', `Port ${port} ${reason}: choose another with --port.`)
}
