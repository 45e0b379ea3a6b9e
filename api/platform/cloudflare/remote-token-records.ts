import { SHARDS } from '../../../shared/identity/id.ts'
import { urlTokenShard } from '../../../shared/identity/url-token.ts'
import type { StoredToken, TokenRecords } from '../tokens/port.ts'
import type { JudgmentShard } from './judgment-shard.ts'
import { newestFirst } from './newest-first.ts'

/** URL tokens in the Durable Objects that their ids name, called from a Worker or from another object. */
export function remoteTokenRecords(
  stubOf: (shard: number) => DurableObjectStub<JudgmentShard>,
): TokenRecords {
  const send = async (method: keyof TokenRecords, shard: number, ...args: unknown[]) =>
    JSON.parse(await stubOf(shard).tokens(method, JSON.stringify(args)))
  /** A text that is no id names no shard, and no token lies in the first under it. */
  const shardOf = (id: string) => urlTokenShard(id) ?? 0

  return {
    add: (token) => send('add', shardOf(token.id), token),
    find: (id) => send('find', shardOf(id), id),
    take: (id, now) => send('take', shardOf(id), id, now),
    async list(organisation, ask) {
      const shards = Array.from({ length: SHARDS }, (_, shard) => shard)
      const lists: StoredToken[][] = await Promise.all(
        shards.map((shard) => send('list', shard, organisation, ask)),
      )
      return newestFirst(lists, ask.limit)
    },
    revoke: (id, organisation, now) => send('revoke', shardOf(id), id, organisation, now),
  }
}
