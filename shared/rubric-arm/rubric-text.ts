import type { Criterion, Rule } from '../protocol/rubric.ts'
import { RULE_TAGS } from './items.ts'

/** How every item begins (systems.md 1.4). */
const OPENING = 'The response '
/** More items than any rubric needs: a generator that goes on has lost its way. */
const MOST_ITEMS = 64

export type ReadRubric = { criteria: Criterion[]; fault: null } | { criteria: null; fault: string }

/**
 * Reads a rubric as a generator writes it: lines numbered from 1, each `The response ...` and ended by
 * `[Hard Rule]` or `[Principle]`, bold or not, and nothing else but empty lines. `fault` is a sentence that names the first line
 * that is anything else. Strict on purpose: a line that is guessed at would be judged by.
 */
export function readRubricText(text: string): ReadRubric {
  const criteria: Criterion[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const number = criteria.length + 1
    if (number > MOST_ITEMS) return faulty(`It has more than ${MOST_ITEMS} items.`)
    const item = readItem(line, number)
    if (typeof item === 'string') return faulty(item)
    criteria.push({ id: `c${String(number).padStart(2, '0')}`, rule: item.rule, title: item.text })
  }
  return criteria.length === 0 ? faulty('It has no item.') : { criteria, fault: null }
}

function readItem(line: string, number: number): { text: string; rule: Rule } | string {
  const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)
  const marker = [`${number}. `, `${number}) `].find((one) => line.startsWith(one))
  if (marker === undefined) return `Item ${number} does not begin with '${number}.': ${shown}.`
  const body = unmarked(line.slice(marker.length))
  const rule = (['hard_rule', 'principle'] as const).find((one) =>
    body.toLowerCase().endsWith(RULE_TAGS[one].toLowerCase()),
  )
  if (rule === undefined) return `Item ${number} does not end with [Hard Rule] or [Principle]: ${shown}.`
  const text = unmarked(body.slice(0, -RULE_TAGS[rule].length))
  if (!text.startsWith(OPENING)) return `Item ${number} does not begin with 'The response': ${shown}.`
  return text.isWellFormed() ? { text, rule } : `Item ${number} holds a lone surrogate.`
}

/** Without the stars that make it bold; those within a text stay. */
const unmarked = (text: string) =>
  text
    .trim()
    .replace(/^\*\*|\*\*$/g, '')
    .trim()

const faulty = (fault: string): ReadRubric => ({ criteria: null, fault })
