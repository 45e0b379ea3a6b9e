import { seededRandom } from '../../../shared/statistics/random.ts'
import { pick, type Request, RULE_NAMES, type Rule, respond, someRules } from './tiny-language.ts'

/** Lines of training files in the tiny language; all are the same for the same seed. */

/** Demonstrations that keep to each rule with a probability of their own. */
export function demonstrations(requests: readonly Request[], count: number, right: number, seed: number) {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const { prompt, wanted } = pick(requests, random)
    return conversation(prompt, respond(wanted, someRules(right, random), random))
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

/** Pairs of which the chosen response keeps to a rule that the rejected one breaks; both keep to the others or not. */
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
    const others = () => someRules(0.5, random).filter((one) => one !== rule)
    const chosen = respond(wanted, [rule, ...others()], random)
    return { prompt, chosen, rejected: respond(wanted, others(), random), rule }
  })
}

/** Requests with a verifier for each rule, whose names are the meta-classes. */
export function verified(requests: readonly Request[]) {
  return requests.map(({ prompt, wanted }) => {
    const contains = (rule: Rule) => [{ kind: 'contains' as const, values: [wanted[rule]] }]
    return { prompt, verifiers: Object.fromEntries(RULE_NAMES.map((rule) => [rule, contains(rule)])) }
  })
}
