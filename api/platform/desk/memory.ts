import type { Memory } from '../../../shared/model/memory.ts'
import type { Records } from './records.ts'

/** A judgment's memory, and what it made in the meantime, to be filed with its result. */
export type FlightMemory = Memory & {
  readonly made: [key: string, value: string][]
  /** Called once the judgment is filed or has failed. */
  release(): void
}

/** Makers under way, by organisation and key: concurrent judgments of a shard share them. Values are JSON. */
export type Makers = Map<string, Promise<string>>

/**
 * What one judgment recalls. With `shared` it reads what earlier judgments filed and joins makers under way;
 * without (cache `refresh` and `off`) it sees only what it made itself.
 */
export function openMemory(
  organisation: string,
  records: Records,
  deskMakers: Makers,
  shared: boolean,
): FlightMemory {
  const makers: Makers = shared ? deskMakers : new Map()
  const made: FlightMemory['made'] = []
  const held: string[] = []

  return {
    made,
    async recall(key, make) {
      const place = `${organisation} ${key}`
      const underWay = makers.get(place)
      if (underWay) return JSON.parse(await underWay)
      const kept = shared ? records.recall(organisation, key) : null
      if (kept !== null) return JSON.parse(kept)
      const making = make().then((value) => {
        const json = JSON.stringify(value)
        made.push([key, json])
        return json
      })
      makers.set(place, making)
      held.push(place)
      making.catch(() => makers.delete(place))
      return JSON.parse(await making)
    },
    release() {
      for (const place of held) makers.delete(place)
    },
  }
}
