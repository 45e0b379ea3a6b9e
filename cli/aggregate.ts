import { createInterface } from 'node:readline'
import { Command, Option } from 'commander'
import * as z from 'zod'
import { aggregateCompat, aggregateHardened, readLine } from '../shared/judge/aggregate.ts'
import { winnerOf } from '../shared/judge/orders.ts'
import type { Winner } from '../shared/protocol/judgment.ts'
import { explain } from '../shared/protocol/parse.ts'

const line = z.strictObject({ items: z.array(z.unknown()), min_score: z.number().min(0).optional() })
type Line = z.infer<typeof line>

type Scored = { score: number; winner: Winner } | { score: null; winner: null; error: string }

/** `plumbline aggregate`: OpenRS's aggregation alone, a line in, a line out. */
export function aggregateCommand(): Command {
  return new Command('aggregate')
    .description(
      'Read lines {"items":[{"type","chosen":"A|B|S","score"}],"min_score"?} from standard input; print a score each.',
    )
    .addOption(
      new Option('--mode <mode>', 'hardened, or compat: as the published code has it')
        .choices(['compat', 'hardened'])
        .default('hardened'),
    )
    .option('--json', 'accepted for symmetry: the output always is JSON')
    .action(async ({ mode }: { mode: 'compat' | 'hardened' }) => {
      let number = 0
      for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        number++
        const result = score(text, mode)
        if (result.score === null) process.exitCode = 1
        console.log(JSON.stringify(result.score === null ? { ...result, line: number } : result))
      }
    })
}

function score(text: string, mode: 'compat' | 'hardened'): Scored {
  const parsed = parse(text)
  if (typeof parsed === 'string') return failed(parsed)
  const { items, min_score = 0 } = parsed
  if (mode === 'compat') {
    const compat = aggregateCompat(items, min_score)
    return { score: compat, winner: winnerOf(compat, 0) }
  }
  const verdicts = []
  for (const [index, item] of items.entries()) {
    const verdict = readLine(item, String(index + 1))
    if ('code' in verdict) return failed(verdict.message)
    verdicts.push(verdict)
  }
  const hardened = aggregateHardened(verdicts)
  if (hardened.score === null) return failed(hardened.error.message)
  return { score: hardened.score, winner: winnerOf(hardened.score, min_score) }
}

const failed = (error: string): Scored => ({ score: null, winner: null, error })

/** The line, or a sentence that says what is wrong with it. */
function parse(text: string): Line | string {
  try {
    const read = line.safeParse(JSON.parse(text))
    if (read.success) return read.data
    const { param, message } = explain(read.error)
    return param === undefined ? 'The line is no JSON object.' : message
  } catch {
    return text.trim() === '' ? 'The line is empty.' : 'The line is not JSON.'
  }
}
