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
 * What one judgment recalls: what earlier judgments filed, and what the makers are at. Without records (cache
 * `refresh` and `off`) the makers hold all that there is, also when they are done.
 */
export function openMemory(
  organisation: string,
  makers: Makers,
  records: Pick<Records, 'recall'> | null,
): FlightMemory {
  const made: FlightMemory['made'] = []
  const held = new Map<string, Promise<string>>()

  /** By then the place may be somebody else's, who made the piece after we failed to. */
  function letGo(place: string, making: Promise<string>): void {
    if (makers.get(place) === making) makers.delete(place)
  }

  return {
    made,
    async recall(key, make) {
      const place = `${organisation} ${key}`
      const underWay = makers.get(place)
      // its maker belongs to another judgment, whose failure is none of ours: then we make it ourselves
      if (underWay) return underWay.then(JSON.parse, () => this.recall(key, make))
      const kept = records?.recall(organisation, key) ?? null
      if (kept !== null) return JSON.parse(kept)
      const making = make().then((value) => {
        const json = JSON.stringify(value)
        made.push([key, json])
        return json
      })
      makers.set(place, making)
      held.set(place, making)
      making.catch(() => letGo(place, making))
      return JSON.parse(await making)
    },
    release() {
      if (records) for (const [place, making] of held) letGo(place, making)
    },
  }
}
