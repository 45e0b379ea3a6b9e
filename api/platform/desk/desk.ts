import { LRUCache } from 'lru-cache'
import type { JudgeContext } from '../../../shared/judge/context.ts'
import type { Evidence } from '../../../shared/judge/evidence.ts'
import type { Filed } from '../../../shared/judge/filed.ts'
import { type ErrorData, PlumblineError } from '../../../shared/protocol/error.ts'
import type { Sql } from '../sql.ts'
import { type Filing, makeFiling } from './filing.ts'
import { type Flight, startFlight } from './flight.ts'
import { type FlightMemory, type Makers, openMemory } from './memory.ts'
import type { Assignment, Desk, DeskEvent, Ruling } from './port.ts'
import { createRecords } from './records.ts'

/** Calls with cache `refresh` or `off` whose pieces are held for the rest of their judgments. */
const CALLS_HELD = 64

export type DeskDeps = {
  sql: Sql
  /** Unix time, milliseconds. */
  now(): number
  /** Makes the judgment, here or at a worker. Model failures are in the evidence; it throws on all else. */
  judge(assignment: Assignment, context: Pick<JudgeContext, 'memory' | 'report'>): Promise<Evidence>
  /** Told of faults that only an operator can mend. */
  complain(sentence: string, cause: unknown): void
}

/** A desk over one SQLite. */
export type OwnDesk = Desk & {
  /** Whether a judgment is under way. */
  busy(): boolean
  /** Resolves when none is. */
  quiet(): Promise<void>
}

export function createDesk(deps: DeskDeps): OwnDesk {
  const records = createRecords(deps.sql)
  const makers: Makers = new Map()
  const makersOfCalls = new LRUCache<string, Makers>({ max: CALLS_HELD })
  const shareable = new Map<string, Flight>()
  const underWay = new Set<Flight>()

  /** The record or the flight that answers an assignment; a flight is started when there is neither. */
  function answer(assignment: Assignment): { filed: Filed } | { flight: Flight; joined: boolean } {
    const key = assignment.cache === 'use' ? assignment.key : assignment.repeat
    const filed = key === null ? null : records.find(key, deps.now())
    if (filed) return { filed }
    const known = key === null ? undefined : shareable.get(key)
    if (known) return { flight: known, joined: true }
    const flight = startFlight(
      (report) => make(assignment, report),
      () => {
        underWay.delete(flight)
        if (key !== null) shareable.delete(key)
      },
    )
    underWay.add(flight)
    if (key !== null) shareable.set(key, flight)
    return { flight, joined: false }
  }

  function memoryFor({ organisation, cache, together }: Assignment): FlightMemory {
    if (cache === 'use') return openMemory(organisation, makers, records)
    const made = (together !== undefined && makersOfCalls.get(together)) || new Map()
    if (together !== undefined) makersOfCalls.set(together, made)
    return openMemory(organisation, made, null)
  }

  async function make(assignment: Assignment, report: (event: DeskEvent) => void): Promise<Ruling> {
    const memory = memoryFor(assignment)
    try {
      const evidence = await deps.judge(assignment, { memory, report })
      const filing = await makeFiling(assignment, evidence, memory.made, deps.now())
      return { filed: file(filing), cache: 'miss' }
    } catch (cause) {
      return { error: errorOf(cause, deps.complain) }
    } finally {
      memory.release()
    }
  }

  async function judge(assignment: Assignment): Promise<Ruling> {
    const found = answer(assignment)
    if ('filed' in found) return { filed: found.filed, cache: 'hit' }
    const ruling = await found.flight.ruling
    if (!found.joined) return ruling
    return refusesItsCaller(ruling) ? judge(assignment) : asJoined(ruling)
  }

  function file(filing: Filing): Filed {
    try {
      return records.file(filing, deps.now())
    } catch (cause) {
      deps.complain('A judgment could not be filed.', cause)
      throw new PlumblineError('internal', NOT_FILED)
    }
  }

  return {
    busy: () => underWay.size > 0,

    async quiet() {
      while (underWay.size > 0) await Promise.all([...underWay].map(({ ruling }) => ruling))
    },

    judge,

    async watch(assignment) {
      const found = answer(assignment)
      if ('filed' in found) return streamOf({ event: 'ruling', data: { filed: found.filed, cache: 'hit' } })
      return found.flight.follow((ruling) => (found.joined ? asJoined(ruling) : ruling))
    },

    read: async (organisation, id) => records.read(organisation, id),
    list: async (organisation, before, limit) => records.list(organisation, before, limit),
    rubric: async (organisation, id) => records.rubric(organisation, id),
    fileRubric: async (organisation, rubric) => records.fileRubric(organisation, rubric),
    chargeChat: async (charge) => records.chargeChat(charge, deps.now()),
    usage: async (organisation) => records.usage(organisation),
  }
}

const NOT_FILED =
  'The judgment was made but could not be filed, so it is not answered: see that the record can be written, and repeat the call.'

/** Whether the URL token that was to pay may not: whoever joined has the judgment made by their own. */
function refusesItsCaller(ruling: Ruling): boolean {
  return 'error' in ruling && (ruling.error.code === 'unauthorized' || ruling.error.code === 'forbidden')
}

/** Whoever joins a flight pays nothing for it. */
function asJoined(ruling: Ruling): Ruling {
  return 'error' in ruling ? ruling : { filed: ruling.filed, cache: 'hit' }
}

function errorOf(cause: unknown, complain: DeskDeps['complain']): ErrorData {
  if (PlumblineError.isInstance(cause)) return cause.data
  complain('A judgment broke.', cause)
  return new PlumblineError('internal', 'The judgment broke on a fault of ours: it is in the log.').data
}

function streamOf(event: DeskEvent): ReadableStream<DeskEvent> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(event)
      controller.close()
    },
  })
}
