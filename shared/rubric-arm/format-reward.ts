import type { Rubric } from '../protocol/rubric.ts'
import { itemsOf, RULE_TAGS } from './items.ts'
import { readTrajectory, winnerLines } from './trajectory.ts'

/** Faults that are named at most: a text that is wrong throughout needs no list of it all. */
const MOST_FAULTS = 16

/**
 * Rubric-ARM's R_fmt: 1 for a judge's text in the published form, else 0 with what is wrong, a sentence each.
 *
 * The paper says what the term enforces but neither its value nor its rule (systems.md 1.2): this is our
 * reconstruction. 1 takes (a) the three sections, once each and in order; (b) under both responses every criterion
 * of the rubric exactly once, by its number, with its own tag and a justification that is not empty; (c) an overall
 * justification and, at the very end, exactly one line that names the winner.
 */
export function formatReward(
  text: string,
  { criteria }: Pick<Rubric, 'criteria'>,
): { reward: 0 | 1; faults: string[] } {
  const read = readTrajectory(text)
  if (read.trajectory === null) return { reward: 0, faults: [read.fault] }
  const { trajectory } = read
  const items = itemsOf(criteria)
  const faults: string[] = []
  for (const [which, name] of [
    ['first', 'Response A'],
    ['second', 'Response B'],
  ] as const) {
    const notes = trajectory[which]
    for (const [index, { rule }] of items.entries()) {
      const of = notes.filter(({ criterion }) => criterion === index + 1)
      const [note] = of
      const where = `criterion ${index + 1} under ${name}`
      if (!note) faults.push(`There is no line for ${where}.`)
      else if (of.length > 1) faults.push(`There is more than one line for ${where}.`)
      else if (note.rule !== rule)
        faults.push(`The line for ${where} does not have its tag ${RULE_TAGS[rule]}.`)
      else if (note.justification === '') faults.push(`The line for ${where} has no justification.`)
    }
    const unknown = notes.find(({ criterion }) => criterion < 1 || criterion > items.length)
    if (unknown)
      faults.push(`There is a line for criterion ${unknown.criterion} under ${name}, which the rubric lacks.`)
  }
  if (trajectory.justification === '') faults.push('The final judgment has no justification.')
  if (winnerLines(text) !== 1) faults.push('There is more than one line that names a winner.')
  else if (!endsWithWinner(text)) faults.push('Something stands after the line that names the winner.')
  return faults.length === 0 ? { reward: 1, faults } : { reward: 0, faults: faults.slice(0, MOST_FAULTS) }
}

function endsWithWinner(text: string): boolean {
  return winnerLines(text.trimEnd().split('\n').at(-1) ?? '') === 1
}
