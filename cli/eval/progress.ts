import { Presets, SingleBar } from 'cli-progress'

/** Tells how far a run is: a bar with its ETA on a terminal, now and then a line elsewhere. */
export type Progress = {
  /** `already` were done by an earlier run and say nothing of the pace of this one. */
  start(total: number, already: number): void
  done(count: number): void
  stop(): void
}

const LINE_EVERY_MS = 10_000

/** Progress of `things`, written to `stream`. */
export function makeProgress(stream: NodeJS.WriteStream, things = 'pairs'): Progress {
  return stream.isTTY ? makeBar(stream, things) : makeLines(stream, things)
}

function makeBar(stream: NodeJS.WriteStream, things: string): Progress {
  const format = `{bar} {value}/{total} ${things}, {eta_formatted} left`
  const bar = new SingleBar({ stream, format, etaBuffer: 50 }, Presets.rect)
  return {
    start: (total, already) => bar.start(total, already),
    done: (count) => bar.update(count),
    stop: () => bar.stop(),
  }
}

function makeLines(stream: NodeJS.WriteStream, things: string): Progress {
  let run = { total: 0, already: 0, started: 0 }
  let next = 0
  return {
    start(total, already) {
      run = { total, already, started: performance.now() }
      next = run.started + LINE_EVERY_MS
      stream.write(
        already === 0 ? `${total} ${things}\n` : `${total} ${things}, ${already} of them already judged\n`,
      )
    },
    done(count) {
      const now = performance.now()
      if (now < next && count < run.total) return
      next = now + LINE_EVERY_MS
      const pace = (now - run.started) / (count - run.already)
      const left = Math.round((pace * (run.total - count)) / 1000)
      stream.write(`${count}/${run.total} ${things}${left > 0 ? `, about ${left} s left` : ''}\n`)
    },
    stop() {},
  }
}
