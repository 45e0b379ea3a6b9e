import { join } from 'node:path'
import * as z from 'zod'
import { toMessages } from '../../shared/protocol/message.ts'
import { type RubricInput, rubricInput } from '../../shared/protocol/rubric.ts'
import { readRubricText } from '../../shared/rubric-arm/rubric-text.ts'
import { serviceFrom } from '../client.ts'
import { makeProgress } from '../eval/progress.ts'
import { readAs, readRows } from '../eval/rows.ts'
import { Failure } from '../failure.ts'
import { openLines } from '../kept-lines.ts'
import { askPairs, judgedLine } from './ask-pairs.ts'
import type { WonPair } from './phases.ts'
import type { RubricArmOptions } from './rubric-arm.ts'
import { writeWhole } from './write-file.ts'

/** Where an export keeps what it asked for, in its folder. */
export const KEPT = 'rubrics.jsonl'

/** The rubric of each pair, by the pair's id. */
export type Rubrics = Map<string, Pick<RubricInput, 'criteria'>>

const rubricLine = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  rubric: z.union([z.string(), rubricInput]),
})

/**
 * The rubric of each pair: given, or asked of the service. A rubric is its prompt's, so that one pair of each prompt is
 * judged for it.
 */
export async function rubricsOf(
  pairs: WonPair[],
  options: RubricArmOptions,
  signal: AbortSignal,
): Promise<Rubrics> {
  const rubrics: Rubrics = options.rubrics ? readRubrics(options.rubrics) : new Map()
  const open = pairs.filter(({ id }) => !rubrics.has(id))
  if (open.length === 0) return rubrics
  const kept = join(options.output, KEPT)
  writeWhole(join(options.output, '.gitignore'), 'checkpoints/\n')
  const byPrompt = Map.groupBy(open, ({ prompt }) => JSON.stringify(toMessages(prompt)))
  const asked = [...byPrompt.values()].map(cheapest)
  const lines = await askPairs(asked, {
    service: serviceFrom(process.env),
    // one order is enough: it is the rubric that is wanted
    fields: {
      protocol: 'rubric-arm',
      orders: 'forward',
      ...(options.model ? { model: options.model } : {}),
    },
    lines: openLines(kept, judgedLine, { option: '--output' }),
    concurrency: options.concurrency,
    retryNulls: options.retryNulls ?? false,
    progress: makeProgress(process.stderr),
    signal,
  })
  const failed = [...lines.values()].filter(({ rubric }) => rubric === null)
  if (failed.length > 0)
    console.error(
      `${failed.length} prompts have no rubric, the first because: ${failed[0]?.error ?? 'the responses of its pairs are the same'}`,
    )
  for (const [index, group] of [...byPrompt.values()].entries()) {
    const rubric = lines.get(asked[index]?.id ?? '')?.rubric
    if (rubric) for (const { id } of group) rubrics.set(id, rubric)
  }
  return rubrics
}

/** The pair that a judge reads soonest; one whose responses are the same is not judged at all. */
function cheapest(pairs: WonPair[]): WonPair {
  const length = ({ responses: [first, second] }: WonPair) =>
    first === second ? Number.POSITIVE_INFINITY : first.length + second.length
  return pairs.reduce((least, pair) => (length(pair) < length(least) ? pair : least))
}

function readRubrics(path: string): Rubrics {
  const rows = readRows(path)
  return new Map(
    readAs(rubricLine, rows, 'rubric').map(({ id, rubric }, index) => {
      if (typeof rubric !== 'string') return [id, rubric]
      const { criteria, fault } = readRubricText(rubric)
      if (criteria === null) throw new Failure(`${rows[index]?.at} has a rubric that can't be read. ${fault}`)
      return [id, { criteria }]
    }),
  )
}
