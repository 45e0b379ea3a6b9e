import { gathered, type Waiting } from '../../../shared/runs/gathering.ts'

/** A call that waits: when it can wait no longer, Unix time in milliseconds, and how it is told that the wait is over. */
export type Waiter = Waiting & {
  call: string
  until: number
  over: (first: boolean) => void
  failed: (error: unknown) => void
}

/** Where calls wait for others of their group. It lies in memory: who waits is gone when the process is. */
export type Rooms = {
  /** The members that wait. */
  members(group: string): Waiting[]
  wait(group: string, waiter: Waiter): void
  /** Tells all who wait that it is over, and one of them that it is the first. */
  empty(group: string): void
  /** Tells all who wait what ended it. */
  fail(group: string, error: unknown): void
  /** Those of one call wait no longer. */
  leave(call: string): void
}

type Room = { waiters: Waiter[]; timer?: ReturnType<typeof setTimeout> }

/** Rooms whose `timeIsUp` is called when the first who waits in one can wait no longer. `now` is Unix time in milliseconds. */
export function createRooms(now: () => number, timeIsUp: (group: string) => void): Rooms {
  const rooms = new Map<string, Room>()

  function setTimer(group: string, room: Room): void {
    clearTimeout(room.timer)
    const first = Math.min(...room.waiters.map(({ until }) => until))
    room.timer = setTimeout(() => timeIsUp(group), Math.max(0, first - now()))
  }

  function remove(group: string): Waiter[] {
    const room = rooms.get(group)
    clearTimeout(room?.timer)
    rooms.delete(group)
    return room?.waiters ?? []
  }

  return {
    members: (group) => gathered(rooms.get(group)?.waiters ?? []),
    wait(group, waiter) {
      const room = rooms.get(group) ?? { waiters: [] }
      rooms.set(group, room)
      room.waiters.push(waiter)
      setTimer(group, room)
    },
    empty(group) {
      for (const [at, { over }] of remove(group).entries()) over(at === 0)
    },
    fail(group, error) {
      for (const { failed } of remove(group)) failed(error)
    },
    leave(call) {
      for (const [group, room] of rooms) {
        const left = room.waiters.filter((waiter) => waiter.call === call)
        if (left.length === 0) continue
        room.waiters = room.waiters.filter((waiter) => waiter.call !== call)
        if (room.waiters.length > 0) setTimer(group, room)
        else remove(group)
        for (const { over } of left) over(false)
      }
    },
  }
}
