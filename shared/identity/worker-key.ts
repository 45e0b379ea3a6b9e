import { hmac } from './hash.ts'

/** The bearer token between edge and worker: both derive it from the one `PLUMBLINE_SECRET`. */
export function workerKey(secret: string): Promise<string> {
  return hmac(secret, 'worker')
}
