import type { Call, Edge, Grammar, State } from './grammar.ts'

/**
 * The grammar without what can't be finished: bytes that no token writes by itself, and states from which a rule
 * can't end. Whatever is read of the result can be finished, token by token. Null where nothing is left.
 */
export function prune({ states, start }: Grammar, writable: (byte: number) => boolean): Grammar | null {
  const written = states.map((state) => ({
    ...state,
    edges: state.edges.flatMap((edge) => writableParts(edge, writable)),
  }))
  const finishes = finishingStates(written)
  if (!finishes[start]) return null
  const ends = (state: number) => finishes[state] === true
  return {
    start,
    states: written.map(({ edges, jumps, calls, returns }) => ({
      edges: edges.filter(({ to }) => ends(to)),
      jumps: jumps.filter(ends),
      calls: calls.filter(({ rule, to }) => ends(rule) && ends(to)),
      returns,
    })),
  }
}

/** The edge, cut at the bytes that can't be written. */
function writableParts({ low, high, to }: Edge, writable: (byte: number) => boolean): Edge[] {
  const parts: Edge[] = []
  for (let byte = low; byte <= high; byte++) {
    if (!writable(byte)) continue
    const last = parts.at(-1)
    if (last?.high === byte - 1) last.high = byte
    else parts.push({ low: byte, high: byte, to })
  }
  return parts
}

/** Which states can reach the end of their rule: the least fixed point, each state visited when it turns true. */
function finishingStates(states: readonly State[]): boolean[] {
  const finishes = states.map(() => false)
  /** What to look at again once a state turned out to finish. */
  const waiting: (() => void)[][] = states.map(() => [])
  const queue: number[] = []
  const settle = (state: number) => {
    if (finishes[state]) return
    finishes[state] = true
    queue.push(state)
  }
  const when = (state: number, then: () => void) => waiting[state]?.push(then)
  for (const [index, { edges, jumps, calls, returns }] of states.entries()) {
    const done = () => settle(index)
    if (returns) done()
    for (const { to } of edges) when(to, done)
    for (const to of jumps) when(to, done)
    for (const call of calls) {
      const check = () => callFinishes(call, finishes) && done()
      when(call.rule, check)
      when(call.to, check)
    }
  }
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const then of waiting[state] ?? []) then()
  }
  return finishes
}

const callFinishes = ({ rule, to }: Call, finishes: readonly boolean[]) =>
  finishes[rule] === true && finishes[to] === true
