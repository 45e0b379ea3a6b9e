import type { Dialect } from '../../dialects/dialect.ts'
import { slime } from './slime.ts'

/** `/rlhf/miles`: slime's body and reply, from a client that sends a call once and whose run dies when that fails. */
export const miles: Dialect = {
  ...slime,
  name: 'miles',
  client: 'miles: --rm-type remote_rm --rm-url URL',
  patienceMs: 300_000,
  once: true,
}
