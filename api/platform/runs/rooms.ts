import { gathered, type Waiting } from '../../../shared/runs/gathering.ts'

/** A call that waits: when it can wait no longer, Unix time in milliseconds, and how it is told that the wait is over. */
export type Waiter = Waiting & { call: string; until: number; done: (error?: unknown) => void }

/** Where calls wait for others of their group. It lies in memory: who waits is gone when the process is. */
export type Rooms = {
  /** The members that wait. */
  members(group: string): Waiting[]
  wait(group: string, waiter: Waiter): void
  /** Tells all who wait that it is over, with the error that ended it if there is one. */
  empty(group: string, error?: unknown): void
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

  return {
    members: (group) => gathered(rooms.get(group)?.waiters ?? []),
    wait(group, waiter) {
      const room = rooms.get(group) ?? { waiters: [] }
      rooms.set(group, room)
      room.waiters.push(waiter)
      setTimer(group, room)
    },
    empty(group, error) {
      const room = rooms.get(group)
      if (!room) return
      clearTimeout(room.timer)
      rooms.delete(group)
      for (const { done } of room.waiters) done(error)
    },
    leave(call) {
      for (const [group, room] of rooms) {
        const left = room.waiters.filter((waiter) => waiter.call === call)
        if (left.length === 0) continue
        room.waiters = room.waiters.filter((waiter) => waiter.call !== call)
        if (room.waiters.length > 0) setTimer(group, room)
        else {
          clearTimeout(room.timer)
          rooms.delete(group)
        }
        for (const { done } of left) done()
      }
    },
  }
}
