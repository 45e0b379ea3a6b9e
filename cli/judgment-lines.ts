import type { styleText } from 'node:util'
import type { Judgment, Usage } from '../shared/protocol/judgment.ts'
import { type Criterion, SCHEMES } from '../shared/protocol/rubric.ts'

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

/** Where the prompt was routed to, with the domains that came next. */
export function routeLines({ route }: Judgment, paint: Paint): string[] {
  if (!route) return []
  const ranking = route.ranking.slice(0, 3).map(({ name, probability }) => `${name} ${decimal(probability)}`)
  return [paint('dim', `routed to ${route.meta_rubric} (${ranking.join(', ')})`)]
}

/** What it cost, and the id to read it by. */
export function footer(id: string, usage: Usage, paint: Paint): string {
  const { judge_calls, prompt_tokens, cached_tokens, completion_tokens, cache, cost } = usage
  const tokens = `${prompt_tokens} prompt tokens (${cached_tokens} cached), ${completion_tokens} completion tokens`
  const price = cost === null ? '' : `, cost ${cost}`
  return paint('dim', `${judge_calls} judge calls, ${tokens}${price}, cache ${cache}\n${id}`)
}

/** How a criterion counts, in the terms of its rubric's scheme. */
export function standing(criterion: Criterion, paint: Paint): string {
  const scheme = SCHEMES.find((one) => criterion[one] !== undefined)
  const said = scheme === undefined ? '' : String(criterion[scheme]).replace('_', ' ')
  const sign = scheme === 'points' && !said.startsWith('-') ? '+' : ''
  const unit = scheme === 'weight' ? 'weight ' : ''
  const bad = said === 'fatal' || said.startsWith('-')
  return paint(bad ? 'red' : 'cyan', `[${unit}${sign}${said}]`)
}

/** A number as a person reads it. */
export const decimal = (value: number | null) => (value === null ? 'null' : digits(value))
/** The same with its sign. */
export const signed = (value: number | null) =>
  value === null ? 'null' : `${value > 0 ? '+' : ''}${digits(value)}`

/** One line without control characters: text of a model must not move the cursor or colour the screen. */
export const clean = (text: string) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()

/** Two decimals, or as many as a small number needs to be told from 0. */
export function digits(value: number): string {
  return value === 0 || Math.abs(value) >= 0.01 ? value.toFixed(2) : String(Number(value.toPrecision(2)))
}
