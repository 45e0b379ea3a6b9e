import type { DeskEvent, Ruling } from './port.ts'

/** A judgment under way: whoever wants it joins it, and nobody's leaving stops it. */
export type Flight = {
  readonly ruling: Promise<Ruling>
  /** What has happened so far, then what happens, then the ruling as `show` gives it. */
  follow(show: (ruling: Ruling) => Ruling): ReadableStream<DeskEvent>
}

/** Starts `make`, which never rejects. `landed` runs as soon as the ruling is known. */
export function startFlight(
  make: (report: (event: DeskEvent) => void) => Promise<Ruling>,
  landed: () => void,
): Flight {
  const past: DeskEvent[] = []
  const followers = new Set<(event: DeskEvent) => void>()
  const ruling = make((event) => {
    past.push(event)
    for (const tell of followers) tell(event)
  }).finally(landed)

  return {
    ruling,
    follow(show) {
      let tell: (event: DeskEvent) => void = () => {}
      return new ReadableStream<DeskEvent>({
        start(controller) {
          tell = (event) => controller.enqueue(event)
          for (const event of past) tell(event)
          followers.add(tell)
          void ruling.then((final) => {
            if (!followers.delete(tell)) return
            controller.enqueue({ event: 'ruling', data: show(final) })
            controller.close()
          })
        },
        cancel() {
          followers.delete(tell)
        },
      })
    },
  }
}
