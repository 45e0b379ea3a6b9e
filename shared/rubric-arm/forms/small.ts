import { fence } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import type { CriterionNote } from '../../protocol/opinion.ts'
import { type Item, itemsOf, listItems } from '../items.ts'
import { SMALL_JUDGE } from '../prompts/small-judge.ts'
import { SMALL_RUBRIC } from '../prompts/small-rubric.ts'
import { readRubricText } from '../rubric-text.ts'
import type { ServedForm } from './form.ts'

const MOST_ITEMS = 3
const WINNER = /^Winner: ([AB])$/

/**
 * A form for small models, which the paper has none of: rubrics of at most 3 items, and a judge's text of four lines, at
 * most about 40 tokens, in which each criterion has a yes or no in the place of a justification.
 */
export const SMALL_FORM: ServedForm = {
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

  readJudgment(text, criteria) {
    const winner = SMALL_FORM.winner(text)
    if (winner === null)
      return { judgment: null, fault: "It has no line 'Winner: A' or 'Winner: B', or both." }
    const items = itemsOf(criteria)
    const lines = linesOf(text)
    const gatekeeper = items[chosenIn(lines) - 1]?.text
    const analysis = { first: notesIn(lines, 'A', items), second: notesIn(lines, 'B', items) }
    return { judgment: { winner, reason: null, ...(gatekeeper && { gatekeeper }), analysis }, fault: null }
  },

  replyTokens: { rubric: 128, judge: () => 128 },
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
  const chosen = chosenIn([gatekeeper])
  return [
    ...(chosen >= 1 && chosen <= items.length ? [] : ['The first line does not name an item as gatekeeper.']),
    ...(marks(a, 'A') ? [] : ['The second line does not check every item for A.']),
    ...(marks(b, 'B') ? [] : ['The third line does not check every item for B.']),
    ...(WINNER.test(winner) ? [] : ['The fourth line does not name the winner.']),
    ...(rest.length === 0 ? [] : ['Something stands after the winner.']),
  ]
}

/** The number of the gatekeeper; 0 where none is named. */
function chosenIn([line = '']: readonly string[]): number {
  return Number(/^Gatekeeper: (\d)$/.exec(line)?.[1] ?? 0)
}

/** The yes or no of each item that a response's line has one for. */
function notesIn(lines: readonly string[], letter: 'A' | 'B', items: readonly Item[]): CriterionNote[] {
  const line = lines.find((one) => one.startsWith(`${letter}: `)) ?? ''
  return items.flatMap(({ rule }, index) => {
    const mark = new RegExp(`\\b${index + 1} (yes|no)\\b`).exec(line)?.[1]
    return mark === undefined ? [] : [{ criterion: index + 1, rule, justification: mark }]
  })
}
