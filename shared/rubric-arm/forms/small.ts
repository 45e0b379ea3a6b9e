import { type Fenced, quote } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { transcript } from '../../model/transcript.ts'
import type { CriterionNote } from '../../protocol/opinion.ts'
import { type Item, itemsOf, RULE_TAGS } from '../items.ts'
import { SMALL_JUDGE } from '../prompts/small-judge.ts'
import { SMALL_RUBRIC } from '../prompts/small-rubric.ts'
import { readRubricText } from '../rubric-text.ts'
import type { ServedForm, ShownPair } from './form.ts'

const MOST_ITEMS = 3
const WINNER = /^Winner: ([AB])$/
/** Who meets an item, by the word that says so: the response shown as A, then B. */
const MET = {
  A: ['yes', 'no'],
  B: ['no', 'yes'],
  both: ['yes', 'yes'],
  none: ['no', 'no'],
} as const
const MARK = /^(\d) (A|B|both|none)$/

/**
 * A form for small models, which the paper has none of: rubrics of at most 3 items, and a judge's text of a line for
 * each item, which says who meets it in the place of justifications, and one for the winner: at most 15 tokens or so.
 * The gatekeeper is read from them: the first hard rule that one response alone meets.
 */
export const SMALL_FORM: ServedForm = {
  generatorMessages: async (prompt) =>
    fill(SMALL_RUBRIC, { 'fenced:request': quote('Request', transcript(prompt)) }),

  judgeMessages: async (pair) =>
    fill(SMALL_JUDGE, {
      'fenced:texts': together([quote('Request', transcript(pair.prompt)), ...judged(pair)]),
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
    const faults = faultsOf(linesOf(text), itemsOf(criteria).length)
    return faults.length === 0 ? { reward: 1, faults } : { reward: 0, faults }
  },

  readJudgment(text, criteria) {
    const winner = SMALL_FORM.winner(text)
    if (winner === null)
      return { judgment: null, fault: "It has no line 'Winner: A' or 'Winner: B', or both." }
    const items = itemsOf(criteria)
    const lines = linesOf(text)
    const analysis = { first: notesIn(lines, 0, items), second: notesIn(lines, 1, items) }
    const deciding = items.find(({ rule }, index) => rule === 'hard_rule' && tellsApart(lines, index + 1))
    const gatekeeper = deciding?.text
    return { judgment: { winner, reason: null, ...(gatekeeper && { gatekeeper }), analysis }, fault: null }
  },

  explained: `Judge A and B by the rubric, in this form and nothing else: for each item of the rubric a line with its number and who meets it (A, B, both or none), then a line that names the better one.
1 A
2 both
Winner: A`,

  replyTokens: { rubric: 128, judge: () => 64 },
}

/** What a judge sees of a pair beside the request. */
export function judged({ shown: [a, b], reference, criteria }: ShownPair): Fenced[] {
  return [
    ...(reference ? [quote('Reference', reference)] : []),
    quote('Rubric', listBriefly(itemsOf(criteria))),
    quote('A', a),
    quote('B', b),
  ]
}

/** Quoted texts, each of lines that begin with its label. */
export function together(texts: readonly Fenced[]): Fenced {
  return { kind: 'fenced', text: texts.map(({ text }) => text).join('\n') }
}

/** The items as `listItems` has them, less what nearly all have in common: how they begin, and that they are hard rules. */
function listBriefly(items: readonly Item[]): string {
  return items
    .map(({ text, rule }, index) => {
      const tag = rule === 'principle' ? ` ${RULE_TAGS[rule]}` : ''
      return `${index + 1}. ${text.replace(/^The response /, '')}${tag}`
    })
    .join('\n')
}

function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
}

function faultsOf(lines: readonly string[], items: number): string[] {
  const marked = Array.from(
    { length: items },
    (_, index) => MARK.exec(lines[index] ?? '')?.[1] === `${index + 1}`,
  )
  return [
    ...marked.flatMap((is, index) =>
      is ? [] : [`Line ${index + 1} does not say who meets item ${index + 1}.`],
    ),
    ...(WINNER.test(lines[items] ?? '') ? [] : ['The line after the items does not name the winner.']),
    ...(lines.length <= items + 1 ? [] : ['Something stands after the winner.']),
  ]
}

function metBy(lines: readonly string[], item: number): (typeof MET)[keyof typeof MET] | null {
  for (const line of lines) {
    const [, number, who] = MARK.exec(line) ?? []
    if (Number(number) === item && (who === 'A' || who === 'B' || who === 'both' || who === 'none'))
      return MET[who]
  }
  return null
}

function tellsApart(lines: readonly string[], item: number): boolean {
  const [a, b] = metBy(lines, item) ?? []
  return a !== b
}

/** The yes or no of each item that has a line. */
function notesIn(lines: readonly string[], response: 0 | 1, items: readonly Item[]): CriterionNote[] {
  return items.flatMap(({ rule }, index) => {
    const met = metBy(lines, index + 1)
    return met === null ? [] : [{ criterion: index + 1, rule, justification: met[response] }]
  })
}
