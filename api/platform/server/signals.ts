import process from 'node:process'

/** The first signal lets judgments come to their end; a second one does not wait. */
export function onStop(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}

/** For runtimes that serve what an entry exports and give it no handle to stop them by. */
export function exitWhenQuiet(server: { close(): Promise<void> }): void {
  onStop(() => void server.close().finally(() => process.exit()))
}
