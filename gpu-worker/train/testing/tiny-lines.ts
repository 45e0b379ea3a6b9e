import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import {
  misled,
  pick,
  type Request,
  RULE_NAMES,
  type Rule,
  response,
  type Words,
  wrong,
} from './tiny-language.ts'

/** Lines of training files in the tiny language; all are the same for the same seed. */

/** Demonstrations by somebody who keeps to each rule with the given probability, and is misled elsewhere. */
export function demonstrations(requests: readonly Request[], count: number, right: number, seed: number) {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const { prompt, wanted } = pick(requests, random)
    const words = byRule((rule) => (random() < right ? wanted[rule] : misled(rule, wanted[rule])))
    return conversation(prompt, response(words))
  })
}

export function conversation(prompt: string, reply: string) {
  return {
    messages: [
      { role: 'user' as const, content: prompt },
      { role: 'assistant' as const, content: reply },
    ],
  }
}

/** Pairs of which the chosen response keeps to a rule that the rejected one breaks; both are free about the others. */
export function preferences(
  requests: readonly Request[],
  count: number,
  rules: readonly Rule[],
  seed: number,
) {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const { prompt, wanted } = pick(requests, random)
    const rule = pick(rules, random)
    const chosen = response({ ...anyWords(wanted, random), [rule]: wanted[rule] })
    const rejected = response({ ...anyWords(wanted, random), [rule]: wrong(rule, wanted[rule], random) })
    return { prompt, chosen, rejected }
  })
}

/** Requests with a verifier for each rule, whose names are the meta-classes. */
export function verified(requests: readonly Request[]) {
  return requests.map(({ prompt, wanted }) => {
    const contains = (rule: Rule) => [{ kind: 'contains' as const, values: [wanted[rule]] }]
    return { prompt, verifiers: Object.fromEntries(RULE_NAMES.map((rule) => [rule, contains(rule)])) }
  })
}

/** Right half the time. */
function anyWords(wanted: Words, random: Random): Words {
  return byRule((rule) => (random() < 0.5 ? wanted[rule] : wrong(rule, wanted[rule], random)))
}

function byRule(word: (rule: Rule) => string): Words {
  return { colour: word('colour'), verb: word('verb'), animal: word('animal') }
}
