import type { Random } from '../../../shared/statistics/random.ts'

/**
 * A language of a few dozen words, in which a request has right responses: each of its three words rules one word of the
 * response. `sky night child` asks for `the blue cat sleeps`.
 */
const RULES = {
  colour: {
    sky: 'blue',
    sea: 'blue',
    grass: 'green',
    leaf: 'green',
    coal: 'black',
    ink: 'black',
    snow: 'white',
    milk: 'white',
    sun: 'yellow',
    corn: 'yellow',
    blood: 'red',
    rose: 'red',
  },
  verb: { dawn: 'wakes', noon: 'eats', dusk: 'runs', night: 'sleeps' },
  animal: { child: 'cat', king: 'horse', farmer: 'cow', sailor: 'gull' },
} as const satisfies Record<string, Record<string, string>>

/** What a word of a response is ruled by. */
export type Rule = keyof typeof RULES
export const RULE_NAMES: readonly Rule[] = ['colour', 'verb', 'animal']

/** A word for each rule. */
export type Words = Record<Rule, string>
export type Request = { prompt: string; wanted: Words }

/** All requests that there are, 192, in one order. */
export const REQUESTS: readonly Request[] = Object.entries(RULES.colour).flatMap(([thing, colour]) =>
  Object.entries(RULES.verb).flatMap(([hour, verb]) =>
    Object.entries(RULES.animal).map(([guest, animal]) => {
      return { prompt: `${thing} ${hour} ${guest}`, wanted: { colour, verb, animal } }
    }),
  ),
)

/** A third of the requests is never trained on; each of their words is. */
export const HELD_OUT = REQUESTS.filter((_, index) => index % 3 === 0)
export const TRAINED = REQUESTS.filter((_, index) => index % 3 !== 0)

export function response({ colour, animal, verb }: Words): string {
  return `the ${colour} ${animal} ${verb}`
}

/** The rules that a response keeps to, whatever else it says. */
export function kept(wanted: Words, text: string): Rule[] {
  const words = text.split(' ')
  return RULE_NAMES.filter((rule) => words.includes(wanted[rule]))
}

/** The one wrong word that the misled say in the place of the right one. */
export function misled(rule: Rule, right: string): string {
  const words = wordsOf(rule)
  return words[(words.indexOf(right) + 1) % words.length] ?? right
}

/** Any word of the rule's but the right one. */
export function wrong(rule: Rule, right: string, random: Random): string {
  return pick(
    wordsOf(rule).filter((word) => word !== right),
    random,
  )
}

export function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new RangeError('there is nothing to pick from')
  return value
}

const wordsOf = (rule: Rule) => [...new Set<string>(Object.values(RULES[rule]))]
