import { LRUCache } from 'lru-cache'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Constraint, ConstraintCompiler, ConstraintSpec } from '../constraint.ts'
import { choiceGrammar } from './choice.ts'
import type { Grammar, SpecGrammar } from './grammar.ts'
import { createMachine } from './machine.ts'
import { createMasks, type Masks } from './masks.ts'
import { prune } from './prune.ts'
import { regexGrammar } from './regex.ts'
import { schemaGrammar } from './schema/grammar.ts'
import { createTokenTrie, type TokenTrie, type Vocabulary } from './token-trie.ts'

/** Grammars kept for the next request with the same spec, and their states in all. */
const MAX_KEPT = 32
const MAX_KEPT_STATES = 200_000

type Compiled = { grammar: Grammar; masks: Masks }

/**
 * Compiles specs to byte grammars; a mask is what a walk of the token trie through the grammar finds, kept for
 * each position of the grammar. Grammars are pruned, so that whatever is allowed can be finished.
 */
export function createConstraintCompiler(tokenizer: Vocabulary): ConstraintCompiler {
  const trie = createTokenTrie(tokenizer)
  const kept = new LRUCache<string, Compiled>({
    max: MAX_KEPT,
    maxSize: MAX_KEPT_STATES,
    sizeCalculation: ({ grammar }) => grammar.states.length,
  })
  return {
    async compile(spec) {
      const key = JSON.stringify(spec)
      const compiled = kept.get(key) ?? compile(spec, trie)
      kept.set(key, compiled)
      return createConstraint(compiled, trie)
    },
    dispose: () => kept.clear(),
  }
}

function compile(spec: ConstraintSpec, trie: TokenTrie): Compiled {
  const { grammar, unsatisfied } = grammarOf(spec)
  const pruned = prune(grammar, (byte) => trie.singles.has(byte))
  if (!pruned) throw new PlumblineError('invalid_request', unsatisfied)
  return { grammar: pruned, masks: createMasks(pruned, trie) }
}

function grammarOf(spec: ConstraintSpec): SpecGrammar {
  switch (spec.kind) {
    case 'json_schema':
      return schemaGrammar(spec.schema)
    case 'json_object':
      return schemaGrammar({ type: 'object' })
    case 'regex':
      return regexGrammar(spec.pattern)
    case 'choice':
      return choiceGrammar(spec.choices)
  }
}

function createConstraint({ grammar, masks }: Compiled, trie: TokenTrie): Constraint {
  const machine = createMachine(grammar)
  let position = machine.start
  let ended = false
  const nothing = new Int32Array(Math.ceil(trie.vocabulary / 32))

  const after = (token: number) => {
    let next: typeof position | null = position
    for (const byte of trie.bytes(token)) next = next && machine.step(next, byte)
    return trie.bytes(token).length > 0 ? next : null
  }
  return {
    mask: () => (ended ? nothing : masks.at(position)),
    accept(token) {
      if (ended) throw new TypeError('The reply has ended.')
      if (position.accepts && trie.ends.includes(token)) {
        ended = true
        return
      }
      const next = after(token)
      if (!next) throw new TypeError(`Token ${token} is not allowed here.`)
      position = next
    },
    get complete() {
      return ended || (position.accepts && position.threads.length === 0)
    },
    dispose() {},
  }
}
