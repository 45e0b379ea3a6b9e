import type { MetaRubricLayer } from '../../protocol/rubric.ts'
import { type GoldenPair, type GoldenSet, goldenSet } from '../golden-pairs.ts'
import { type Fault, quoted } from './fault.ts'

/** What a set of golden pairs is held to. */
export type GoldenRule =
  | 'schema'
  | 'unique_id'
  | 'repeated_text'
  | 'pair_count'
  | 'text_length'
  | 'known_clause'
  | 'coverage'
  | 'label_balance'
  | 'length_balance'

const PAIRS = [8, 24] as const
const LONGEST = 600
/** Most by which one label may outnumber the other. */
const UNEVEN = 2
/** Within this share of the pairs the better response is the longer one, so that length tells nothing. */
const LONGER = [1 / 3, 2 / 3] as const

type GoldenFault = Fault<GoldenRule>

/**
 * Everything that is wrong with the golden pairs of a layer. Each of its clauses but highlights must separate a
 * pair; neither the place nor the length of a response may give the label away.
 */
export function lintGolden(set: unknown, layer: MetaRubricLayer): GoldenFault[] {
  const parsed = goldenSet.safeParse(set)
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({
      ...fault('schema', null, `what the schema asks for (${message})`, 'something else'),
      field: path.join('.') || null,
    }))
  }
  const { pairs } = parsed.data
  return [
    ...pairs.flatMap((pair, index) => pairFaults(pair, pairs.slice(0, index))),
    ...clauseFaults(pairs, layer),
    ...setFaults(parsed.data),
  ]
}

function pairFaults({ id, prompt, responses }: GoldenPair, earlier: GoldenPair[]): GoldenFault[] {
  const found: GoldenFault[] = []
  const texts = [JSON.stringify(prompt), ...responses]
  if (earlier.some((other) => other.id === id))
    found.push(fault('unique_id', id, 'an id of its own', quoted(id)))
  if (earlier.some((other) => JSON.stringify(other.prompt) === texts[0]))
    found.push(fault('repeated_text', id, 'a prompt of its own', quoted(prompt)))
  if (responses[0] === responses[1])
    found.push(fault('repeated_text', id, 'two different responses', quoted(responses[0])))
  const longest = Math.max(...texts.map(({ length }) => length))
  if (longest > LONGEST)
    found.push(fault('text_length', id, `texts of at most ${LONGEST} characters`, `${longest}`))
  return found
}

function clauseFaults(pairs: GoldenPair[], { fatal, pool }: MetaRubricLayer): GoldenFault[] {
  const clauses = [...fatal, ...pool]
  const strange = pairs.filter(({ clause }) => !clauses.some(({ id }) => id === clause))
  const bare = clauses.filter(
    ({ id, level }) => level !== 'highlight' && !pairs.some(({ clause }) => clause === id),
  )
  return [
    ...strange.map(({ id, clause }) => fault('known_clause', id, 'a clause of the layer', quoted(clause))),
    ...bare.map(({ id }) => fault('coverage', id, 'a pair that this clause separates', 'none')),
  ]
}

function setFaults({ pairs }: GoldenSet): GoldenFault[] {
  const found: GoldenFault[] = []
  const [least, most] = PAIRS
  if (pairs.length < least || pairs.length > most)
    found.push(fault('pair_count', null, `${least} to ${most} pairs`, `${pairs.length}`))
  const first = pairs.filter(({ label }) => label === 'first').length
  if (Math.abs(2 * first - pairs.length) > UNEVEN)
    found.push(
      fault('label_balance', null, 'each label about as often', `first ${first} of ${pairs.length} times`),
    )
  const longer = pairs.filter(betterIsLonger).length
  const [low, high] = LONGER
  if (longer < low * pairs.length || longer > high * pairs.length) {
    const expected = 'the better response to be the longer in about half of the pairs'
    found.push(fault('length_balance', null, expected, `${longer} of ${pairs.length}`))
  }
  return found
}

function betterIsLonger({ responses: [first, second], label }: GoldenPair): boolean {
  return first.length > second.length === (label === 'first')
}

function fault(rule: GoldenRule, clause: string | null, expected: string, received: string): GoldenFault {
  return { rule, clause, field: null, expected, received }
}
