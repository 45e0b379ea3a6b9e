import { MultiBar, Presets } from 'cli-progress'
import { clean } from '../judgment-lines.ts'
import { plainFigures, tableHead, tableRow } from './columns.ts'
import type { Listener } from './follow.ts'
import { makePace } from './pace.ts'
import type { TrainingStep } from './record.ts'
import { showSeconds } from './report/figures.ts'

/** Shows a job to a person; `stop` takes the bar away. */
export type Display = Listener & { stop(): void }

/** Where a job is shown: lines, and steps with what is left of the run. */
type Screen = {
  say(line: string): void
  step(step: TrainingStep, total: number | null, left: number | null): void
  stop(): void
}

/** A table that grows above a bar on a terminal, a line now and then elsewhere. */
export function makeDisplay(stream: NodeJS.WriteStream): Display {
  const screen = stream.isTTY ? tableScreen(stream) : plainScreen(stream)
  const pace = makePace()
  let total: number | null = null
  let paused = false
  let lost = ''
  return {
    job({ id, status, progress }) {
      total = progress.steps
      lost = ''
      if (status === 'paused' && !paused) {
        screen.say(`Paused after step ${progress.step}: 'plumbline train resume ${id}' goes on from there.`)
      }
      paused = status === 'paused'
    },
    event({ data, level, message }) {
      if (data === null) {
        screen.say(level === 'info' ? message : `${level}: ${message}`)
        return
      }
      pace.add(data)
      screen.step(data, total, pace.left(total))
    },
    lost(why) {
      if (why !== lost) screen.say(`${why} Trying again.`)
      lost = why
    },
    stop: screen.stop,
  }
}

/** Least time between two rows or lines, ms, however fast the steps are. */
const LEAST_MS = { table: 250, plain: 10_000 }
/** Rows after which the head of the table comes again. */
const HEAD_EVERY = 20

function tableScreen(stream: NodeJS.WriteStream): Screen {
  const look = {
    stream,
    format: '{bar} {text}',
    barsize: 24,
    linewrap: true,
    gracefulExit: false,
    clearOnComplete: true,
  }
  const bars = new MultiBar(look, Presets.rect)
  const bar = bars.create(1, 0, { text: 'waiting for the first step' })
  const may = rarely(LEAST_MS.table)
  let rows = 0
  const say = (line: string) => bars.log(`${clean(line)}\n`)
  return {
    say,
    step(step, total, left) {
      if (may() || step.step === total) {
        if (rows++ % HEAD_EVERY === 0) bars.log(`${tableHead()}\n`)
        bars.log(`${tableRow(step)}\n`)
      }
      const of = total === null ? `step ${step.step}` : `${step.step}/${total} steps`
      bar.setTotal(total ?? step.step)
      bar.update(step.step, { text: left === null ? of : `${of}, about ${showSeconds(left)} left` })
    },
    stop() {
      // what was said last is still in its buffer
      bars.update()
      bars.stop()
    },
  }
}

function plainScreen(stream: NodeJS.WriteStream): Screen {
  const may = rarely(LEAST_MS.plain)
  const say = (line: string) => stream.write(`${clean(line)}\n`)
  return {
    say,
    step(step, total, left) {
      if (!may() && step.step !== total) return
      const of = total === null ? `step ${step.step}` : `step ${step.step}/${total}`
      const time = left === null || left === 0 ? '' : `about ${showSeconds(left)} left`
      say([`${of} (${step.phase})`, plainFigures(step), time].filter((part) => part !== '').join('; '))
    },
    stop() {},
  }
}

/** True the first time, and then at most once in so many ms. */
function rarely(ms: number): () => boolean {
  let next = Number.NEGATIVE_INFINITY
  return () => {
    const now = performance.now()
    if (now < next) return false
    next = now + ms
    return true
  }
}

/** Prints what happens as JSON, an event a line. */
export function makeJsonDisplay(print: (line: string) => void): Display {
  return { job() {}, event: (event) => print(JSON.stringify(event)), lost() {}, stop() {} }
}
