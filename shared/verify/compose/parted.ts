import * as z from 'zod'
import { quote } from '../quote.ts'
import { defineVerifier, type Outcome, type Subject } from '../verifier.ts'
import { nameOf } from './kleene.ts'
import { itemsOf, type Over, over, partOf, type Select, select } from './parts.ts'
import { common, inner, type VerifierSpec } from './spec.ts'

/** Items that one verifier is run on. */
const MAX_ITEMS = 1000

const overWords = (of: Over) => (typeof of === 'string' ? of : `items of ${of.json_pointer || 'the JSON'}`)

export const each = defineVerifier({
  kind: 'each',
  summary: 'Every line, paragraph, sentence, fenced block or JSON item passes. Of none, all do.',
  schema: z.strictObject({ kind: z.literal('each'), ...common, over, of: inner }),
  run: (spec, subject) => quantified(spec, subject, false),
})

export const some = defineVerifier({
  kind: 'some',
  summary: 'One line, paragraph, sentence, fenced block or JSON item passes. Of none, none does.',
  schema: z.strictObject({ kind: z.literal('some'), ...common, over, of: inner }),
  run: (spec, subject) => quantified(spec, subject, true),
})

/** `each` is settled by an item that fails, `some` by one that passes (`deciding`). */
async function quantified(
  { over: what, of }: { over: Over; of: VerifierSpec },
  subject: Subject,
  deciding: boolean,
): Promise<Outcome> {
  const expected = `${deciding ? 'one of the' : 'each of the'} ${overWords(what)} passes ${nameOf(of)}`
  const items = itemsOf(what, subject.response)
  if (items === null) return { passed: false, expected, received: `no ${overWords(what)} there` }
  if (items.length > MAX_ITEMS) {
    const reason = `There are ${items.length} ${overWords(what)}: at most ${MAX_ITEMS} are checked.`
    return { passed: null, expected, received: `${items.length} ${overWords(what)}`, reason }
  }
  let unsure: Outcome | null = null
  for (const [index, response] of items.entries()) {
    const outcome = await subject.check(of, { response, share: subject.share / items.length })
    if (outcome.passed === null) unsure ??= outcome
    if (outcome.passed !== deciding) continue
    const received = `${index + 1} of ${items.length}, ${quote(response, 80)}: ${outcome.received}`
    return { passed: deciding, expected, received }
  }
  if (unsure) return { ...unsure, expected }
  return { passed: !deciding, expected, received: `${items.length} ${overWords(what)}` }
}

function selectWords(select: Select): string {
  if (typeof select === 'string') return `the ${select.replace('_', ' ')}`
  if ('fence' in select) return `the first fenced block${select.fence === null ? '' : ` of ${select.fence}`}`
  const [[name, value] = []] = Object.entries(select)
  return `${String(name).replace('_', ' ')} ${quote(String(value), 60)}`
}

export const part = defineVerifier({
  kind: 'part',
  summary: 'One part of the response passes: a line, a block, a section, what follows a text, a JSON value.',
  schema: z.strictObject({ kind: z.literal('part'), ...common, select, of: inner }),
  async run({ select: which, of }, { response, check }) {
    const selected = partOf(which, response)
    if (selected === null) {
      return {
        passed: false,
        expected: selectWords(which),
        received: `nothing of the kind in ${quote(response)}`,
      }
    }
    const outcome = await check(of, { response: selected })
    return { ...outcome, expected: `${selectWords(which)}: ${outcome.expected}` }
  },
})
