import type { Split } from '../../shared/refine/measure/split.ts'
import type { SearchEvent, SearchOptions } from '../../shared/refine/search/options.ts'
import { makeProgress } from '../eval/progress.ts'
import { shownEdit, shownScore } from './report.ts'

/** Tells how far a search is. */
export type Teller = {
  judged(): void
  tell(event: SearchEvent): void
  stop(): void
}

/**
 * The judgments that a search makes at most: every member of each generation goes through the whole race and on to
 * dev. Most are dropped before, so that it ends sooner.
 */
export function mostJudgments(
  { generations, beam, children, minibatch, rounds, crossover, apply }: SearchOptions,
  { train, dev, test }: Split,
): number {
  const raced = Math.min(train.length, minibatch * rounds)
  const parents = apply ? beam : 1
  const born = parents * children + Number(crossover)
  return dev.length + generations * (parents * raced + born * (raced + dev.length)) + 2 * test.length
}

/** A bar on a terminal; elsewhere a line now and then, and one for each generation and each edit that was judged. */
export function makeTeller(stream: NodeJS.WriteStream, most: number, already: number): Teller {
  const progress = makeProgress(stream, 'judgments at most')
  progress.start(most, Math.min(already, most))
  const say = (line: string) => {
    if (!stream.isTTY) stream.write(`${line}\n`)
  }
  let done = 0
  return {
    judged() {
      done++
      if (done > already) progress.done(Math.min(done, most))
    },
    tell(event) {
      if (event.event === 'proposer failed') say(`  no edits by the model: ${event.reason}`)
      else if (event.event === 'generation') {
        say(`generation ${event.generation}; best so far on dev: ${shownScore(event.fittest.scores.dev)}`)
      } else {
        const { fate, edit, reason } = event.member
        say(`  ${fate}: ${shownEdit(edit)}${reason === null ? '' : `. ${reason}`}`)
      }
    },
    stop: () => progress.stop(),
  }
}
