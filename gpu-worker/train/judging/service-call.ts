import { PlumblineError } from '../../../shared/protocol/error.ts'

/** A Plumbline service, and what a run needs to reach it. */
export type ServiceAddress = {
  /** Without a path. */
  url: string
  key: string | null
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Before another try, milliseconds. */
  wait(ms: number): Promise<void>
}

const TIMEOUT_MS = 10 * 60_000

/** What the service answers a POST with, whatever its status. Throws `model_unreachable`, and the signal's reason. */
export async function callService(
  { url, key, fetch }: ServiceAddress,
  path: `/v1/${string}`,
  body: string,
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    return { status: response.status, text: await response.text() }
  } catch (cause) {
    signal?.throwIfAborted()
    throw new PlumblineError(
      'model_unreachable',
      `The Plumbline service at ${url} does not answer: start it, or set PLUMBLINE_URL of the worker.`,
      { transient: true, cause },
    )
  }
}

/** Asks once more after each of the waits, milliseconds, while what it throws may succeed a second time. */
export async function askAgain<T>(
  { wait }: Pick<ServiceAddress, 'wait'>,
  waits: readonly number[],
  ask: () => Promise<T>,
): Promise<T> {
  for (const ms of waits) {
    try {
      return await ask()
    } catch (error) {
      if (!PlumblineError.isInstance(error) || !error.transient) throw error
      await wait(ms)
    }
  }
  return ask()
}
