import { PlumblineError } from '../../../shared/protocol/error.ts'

/** Reads one byte of `low..high`. */
export type Edge = { low: number; high: number; to: number }

/** Runs a rule `min` to `max` times in a row, then goes on at `to`. */
export type Call = { rule: number; min: number; max: number; to: number }

/** A state of a rule: what it reads, where it may go without reading, and whether the rule may end here. */
export type State = { edges: Edge[]; jumps: number[]; calls: Call[]; returns: boolean }

/**
 * A language over bytes, as a pushdown automaton: states that read bytes and states that call rules, a rule being
 * the state that it starts in. Rules have no states in common.
 */
export type Grammar = { states: State[]; start: number }

/** A spec's grammar, and what to say where no reply can satisfy it. */
export type SpecGrammar = { grammar: Grammar; unsatisfied: string }

/** More are refused: a grammar's memory and the time to compile it grow with its states. */
const MAX_STATES = 60_000

export type GrammarBuilder = {
  state(): number
  /** A state where the rule may end. */
  end(): number
  read(from: number, low: number, high: number, to: number): void
  jump(from: number, to: number): void
  /** `rule` runs `min` to `max` times (`Infinity`: without end); it must read at least a byte each time. */
  call(from: number, rule: number, to: number, min?: number, max?: number): void
  /** Reads one of the texts; what they begin with alike is read by the same states. */
  texts(from: number, texts: Iterable<string>, to: number): void
  /** The rule of this name; `build` gets the states between which to write it, once and later: rules may be recursive. */
  rule(name: string, build: (from: number, to: number) => void): number
  /** Writes what is left to write. */
  grammar(start: number): Grammar
}

/** A builder of one grammar. Its `state` throws `invalid_request` beyond the states that are allowed. */
export function createGrammarBuilder(): GrammarBuilder {
  const states: State[] = []
  const rules = new Map<string, number>()
  const unwritten: (() => void)[] = []

  const at = (index: number): State => {
    const state = states[index]
    if (!state) throw new RangeError(`no state ${index}`)
    return state
  }
  const builder: GrammarBuilder = {
    state() {
      if (states.length >= MAX_STATES) {
        throw new PlumblineError(
          'invalid_request',
          `The constraint needs more than ${MAX_STATES} states; make its schema, pattern or choices smaller.`,
        )
      }
      return states.push({ edges: [], jumps: [], calls: [], returns: false }) - 1
    },
    end() {
      const end = builder.state()
      at(end).returns = true
      return end
    },
    read: (from, low, high, to) => {
      at(from).edges.push({ low, high, to })
    },
    jump: (from, to) => {
      at(from).jumps.push(to)
    },
    call(from, rule, to, min = 1, max = 1) {
      if (min <= 0) builder.jump(from, to)
      if (max >= 1) at(from).calls.push({ rule, min: Math.max(min, 1), max, to })
    },
    texts(from, texts, to) {
      const follow = new Map<number, Map<number, number>>()
      for (const text of texts) {
        let state = from
        for (const byte of new TextEncoder().encode(text)) {
          const known = follow.get(state) ?? new Map<number, number>()
          follow.set(state, known)
          const next = known.get(byte) ?? builder.state()
          if (!known.has(byte)) builder.read(state, byte, byte, next)
          known.set(byte, next)
          state = next
        }
        builder.jump(state, to)
      }
    },
    rule(name, build) {
      const known = rules.get(name)
      if (known !== undefined) return known
      const start = builder.state()
      rules.set(name, start)
      const end = builder.end()
      unwritten.push(() => build(start, end))
      return start
    },
    grammar(start) {
      for (let write = unwritten.pop(); write; write = unwritten.pop()) write()
      return { states, start }
    },
  }
  return builder
}
