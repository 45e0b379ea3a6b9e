import { fence } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import { itemsOf, listItems } from '../items.ts'
import { SMALL_JUDGE } from '../prompts/small-judge.ts'
import { SMALL_RUBRIC } from '../prompts/small-rubric.ts'
import { readRubricText } from '../rubric-text.ts'
import type { ArmForm } from './form.ts'

const MOST_ITEMS = 3
const WINNER = /^Winner: ([AB])$/

/**
 * A form for small models, which the paper has none of: rubrics of at most 3 items, and a judge's text of four lines, at
 * most about 40 tokens, in which each criterion has a yes or no in the place of a justification.
 */
export const SMALL_FORM: ArmForm = {
  generatorMessages: async (prompt, secret) =>
    fill(SMALL_RUBRIC, { 'fenced:prompt': await fence(secret, 'request', transcript(prompt)) }),

  judgeMessages: async ({ prompt, shown, reference, criteria }, secret) =>
    fill(SMALL_JUDGE, {
      ...(await showPair(secret, transcript(prompt), shown)),
      ...(await showReference(secret, reference)),
      'fenced:criteria': await fence(secret, 'rubric', listItems(itemsOf(criteria))),
    }),

  readRubric(text) {
    const read = readRubricText(text)
    return read.criteria && read.criteria.length > MOST_ITEMS
      ? { criteria: null, fault: `It has more than ${MOST_ITEMS} items.` }
      : read
  },

  winner(text) {
    const named = new Set(linesOf(text).flatMap((line) => WINNER.exec(line)?.[1] ?? []))
    const [letter] = named
    return named.size !== 1 ? null : letter === 'A' ? 'first' : 'second'
  },

  formatReward(text, criteria) {
    const faults = faultsOf(linesOf(text), itemsOf(criteria))
    return faults.length === 0 ? { reward: 1, faults } : { reward: 0, faults }
  },
}

function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
}

function faultsOf(
  [gatekeeper = '', a = '', b = '', winner = '', ...rest]: string[],
  items: readonly unknown[],
): string[] {
  const marks = (line: string, letter: string) => {
    const wanted = items.map((_, index) => `${index + 1} (?:yes|no)`).join(', ')
    return new RegExp(`^${letter}: ${wanted}$`).test(line)
  }
  const chosen = Number(/^Gatekeeper: (\d)$/.exec(gatekeeper)?.[1] ?? 0)
  return [
    ...(chosen >= 1 && chosen <= items.length ? [] : ['The first line does not name an item as gatekeeper.']),
    ...(marks(a, 'A') ? [] : ['The second line does not check every item for A.']),
    ...(marks(b, 'B') ? [] : ['The third line does not check every item for B.']),
    ...(WINNER.test(winner) ? [] : ['The fourth line does not name the winner.']),
    ...(rest.length === 0 ? [] : ['Something stands after the winner.']),
  ]
}
