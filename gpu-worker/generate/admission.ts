import { FairQueue } from './fair-queue.ts'
import type { KvBudget, KvNeed } from './kv/kv-budget.ts'

/** `reply` gets a row of the decode batch once its text is read; `score` is done then. */
export type Kind = 'reply' | 'score'

export type Entrant = {
  kind: Kind
  caller: string
  /** Asked for when its turn comes. */
  need: () => KvNeed
  signal?: AbortSignal | undefined
}

/** A request that was let in. `read` and `left` must be called in the end; a second call does nothing. */
export type Admitted = {
  need: KvNeed
  /** Whether its row may come to hold so many tokens. */
  grow(tokens: number): boolean
  /** Its text is read: the next one may be. */
  read(): void
  /** Its row, if it has one, is free. */
  left(): void
}

type Waiting = { entrant: Entrant; admit: (admitted: Admitted) => void }

/**
 * Decides who reads next. One text for a reply and one batch of scores are read at a time, in turns, so that the next
 * one of its kind finds what it shares with it in the cache. Callers take turns, and who doesn't fit beside what runs
 * waits. A reply that waits for memory lets scores pass, which are done soon; a score that waits for memory is passed
 * by nobody.
 */
export class Admission {
  readonly #budget: KvBudget
  readonly #rowLimit: number
  readonly #queues = { reply: new FairQueue<Waiting>(), score: new FairQueue<Waiting>() }
  readonly #reading = new Set<Kind>()
  #rows = 0

  constructor(budget: KvBudget, rowLimit: number) {
    this.#budget = budget
    this.#rowLimit = rowLimit
  }

  /** Resolves when the request may read; it must fit if it is alone. Throws the signal's reason. */
  async enter(entrant: Entrant): Promise<Admitted> {
    entrant.signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const queue = this.#queues[entrant.kind]
      const giveUp = () => {
        queue.remove(waiting)
        reject(entrant.signal?.reason)
        this.#pump()
      }
      const admit = (admitted: Admitted) => {
        entrant.signal?.removeEventListener('abort', giveUp)
        resolve(admitted)
      }
      const waiting: Waiting = { entrant, admit }
      entrant.signal?.addEventListener('abort', giveUp, { once: true })
      queue.push(entrant.caller, waiting)
      this.#pump()
    })
  }

  #pump(): void {
    // Scores come first, since one that waits keeps replies out.
    for (const kind of ['score', 'reply'] as const) {
      if (this.#reading.has(kind)) continue
      const need = this.#queues[kind].peek()?.entrant.need()
      if (!need) continue
      if (this.#hasRoom(need)) this.#queues[kind].take()?.admit(this.#let(kind, need))
      else if (kind === 'score') return
    }
  }

  #hasRoom(need: KvNeed): boolean {
    return (need.row === null || this.#rows < this.#rowLimit) && this.#budget.fits(need)
  }

  #let(kind: Kind, need: KvNeed): Admitted {
    this.#budget.admit(need)
    this.#reading.add(kind)
    if (need.row !== null) this.#rows++
    return {
      need,
      grow: (tokens) => this.#budget.grow(need, tokens),
      read: once(() => {
        this.#budget.leavePrompt(need)
        this.#reading.delete(kind)
        this.#pump()
      }),
      left: once(() => {
        this.#budget.leaveBatch(need)
        if (need.row !== null) this.#rows--
        // Rows that have the device grow first.
        queueMicrotask(() => this.#pump())
      }),
    }
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}
