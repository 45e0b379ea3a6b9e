import * as z from 'zod'
import { orderPolicy } from '../../shared/protocol/judgment.ts'
import { prompt } from '../../shared/protocol/message.ts'
import { type Preference, preferenceOf } from '../../shared/rubric-arm/dpo.ts'
import { serviceFrom } from '../client.ts'
import { makeProgress } from '../eval/progress.ts'
import { readAs, readRows } from '../eval/rows.ts'
import { Failure } from '../failure.ts'
import { goesOn, interruptible } from '../interruptible.ts'
import { type JudgingOptions, judgingFields } from '../judging-options.ts'
import { openLines } from '../kept-lines.ts'
import { type AskedPair, askPairs, judgedLine } from './ask-pairs.ts'
import { toLines, writeWhole } from './write-file.ts'

export type DpoOptions = JudgingOptions & {
  for: string
  output: string
  limit?: number
  concurrency: number
  retryNulls?: boolean
}

const unlabelled = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  prompt,
  responses: z.tuple([z.string(), z.string()], 'must hold exactly two responses'),
})

/** How each trainer reads a preference. */
const ROWS: Record<string, (preference: Preference) => object> = {
  trl: ({ prompt, chosen, rejected }) => ({ prompt, chosen: turn(chosen), rejected: turn(rejected) }),
  openrlhf: ({ prompt, chosen, rejected }) => ({
    chosen: [...prompt, ...turn(chosen)],
    rejected: [...prompt, ...turn(rejected)],
  }),
  'ms-swift': ({ prompt, chosen, rejected }) => ({
    messages: [...prompt, ...turn(chosen)],
    rejected_response: rejected,
  }),
}

/** `plumbline export dpo`: the pairs on whose winner both orders agree (systems.md 1.5). */
export async function exportDpo(file: string, options: DpoOptions): Promise<void> {
  if (options.orders !== undefined && options.orders !== orderPolicy.enum.strict) {
    throw new Failure('DPO pairs are kept where both orders agree: leave out --orders.')
  }
  const service = serviceFrom(process.env)
  const pairs = readUnlabelled(file).slice(0, options.limit)
  const fields = { protocol: 'rubric-arm', ...judgingFields(options) }
  const kept = `${options.output}.judged.jsonl`
  await interruptible(goesOn(`what was asked for so far is in '${kept}'`), async (signal) => {
    const lines = await askPairs(pairs, {
      service,
      fields,
      lines: openLines(kept, judgedLine, { option: '--output' }),
      concurrency: options.concurrency,
      retryNulls: options.retryNulls ?? false,
      progress: makeProgress(process.stderr),
      signal,
    })
    const preferences = pairs.flatMap(({ id, prompt, responses }) => {
      const line = lines.get(id)
      const found = line && preferenceOf(prompt, responses, { winner: line.winner, order_policy: 'strict' })
      return found ? [found] : []
    })
    const row = ROWS[options.for] ?? ROWS.trl
    writeWhole(options.output, toLines(preferences.map((preference) => row?.(preference) ?? preference)))
    const judged = [...lines.values()]
    const failed = judged.filter(({ winner }) => winner === null)
    console.log(`${preferences.length} of ${pairs.length} pairs kept in ${options.output}`)
    console.log(`${judged.length - preferences.length - failed.length} left out: the orders disagree, or tie`)
    if (failed.length > 0)
      console.log(`${failed.length} left out without a winner, the first: ${failed[0]?.error}`)
  })
}

function readUnlabelled(file: string): AskedPair[] {
  const rows = readAs(unlabelled, readRows(file), 'pair')
  if (rows.length === 0) throw new Failure(`'${file}' holds no pair.`)
  return rows.map(({ id, prompt, responses }, index) => ({ id: String(id ?? index + 1), prompt, responses }))
}

const turn = (content: string) => [{ role: 'assistant', content }]
