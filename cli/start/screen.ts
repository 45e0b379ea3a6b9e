import { SingleBar } from 'cli-progress'
import type { Progress } from '../../gpu-worker/weights/progress.ts'

const VERBS: Record<Progress['phase'], string> = {
  try: 'Looking for a model',
  download: 'Downloading',
  unpack: 'Unpacking',
  verify: 'Checking',
  convert: 'Converting the weights',
  load: 'Loading',
}
const STEP = 0.1

/** Where a long command tells what it does. */
export type Screen = {
  /** A line of its own. */
  say(line: string): void
  progress(progress: Progress): void
  /** Ends the line of a bar that is under way. */
  end(): void
}

/** A bar on a terminal; elsewhere a line at the start of each stage and one for every tenth of it. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  return out.isTTY ? terminalScreen(out) : plainScreen(out)
}

function terminalScreen(out: NodeJS.WriteStream): Screen {
  let current = ''
  let bar: SingleBar | null = null
  const stop = () => {
    bar?.stop()
    bar = null
  }
  const say = (line: string) => {
    stop()
    out.write(`${line}\n`)
  }
  return {
    say,
    end: stop,
    progress(progress) {
      const label = labelOf(progress)
      if (label !== current) say(label)
      current = label
      if (progress.total === 0) return
      if (!bar) {
        bar = new SingleBar({
          stream: out,
          format: '  {bar} {percentage} % of {size}',
          barsize: 30,
        })
        bar.start(progress.total, progress.done, { size: megabytes(progress.total) })
      }
      bar.update(progress.done)
      if (progress.done >= progress.total) stop()
    },
  }
}

function plainScreen(out: NodeJS.WriteStream): Screen {
  let current = ''
  let next = STEP
  return {
    say: (line) => out.write(`${line}\n`),
    end: () => {},
    progress(progress) {
      const label = labelOf(progress)
      if (label !== current) {
        out.write(`${label}\n`)
        next = STEP
      }
      current = label
      const share = progress.total === 0 ? 0 : progress.done / progress.total
      if (share < next) return
      out.write(`  ${Math.floor(share * 100)} % of ${megabytes(progress.total)}\n`)
      next = Math.floor(share / STEP) * STEP + STEP
    },
  }
}

function labelOf({ phase, detail }: Progress): string {
  return detail ?? VERBS[phase]
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
