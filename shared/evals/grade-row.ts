import { GraderFault } from '../graders/fault.ts'
import { grade } from '../graders/grade.ts'
import type { Grade, ModelUse, Surroundings } from '../graders/grader.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Criterion } from './criterion.ts'
import type { ItemStatus, OutputItem } from './output-item.ts'
import type { DataSource, Row } from './run.ts'
import { type Sampled, sampleRow } from './sample-row.ts'

type Result = OutputItem['results'][number]

/** A row and where it stands. `now` is Unix time in seconds. */
export type RowToGrade = {
  ids: Pick<OutputItem, 'id' | 'eval_id' | 'run_id'>
  number: number
  row: Row
  dataSource: DataSource
  criteria: readonly Criterion[]
  now: number
}

/**
 * Samples a row where it is to be sampled, and has every criterion grade it. It passes where all do; where one could
 * not tell, it is an error, unless another has failed it. What can't be sampled is graded by none. Never throws
 * because of what a model or a grader does.
 */
export async function gradeRow(
  { ids, number, row, dataSource, criteria, now }: RowToGrade,
  surroundings: Surroundings,
): Promise<{ item: OutputItem; uses: ModelUse[] }> {
  const sampled = await attempt(dataSource, row, surroundings)
  const failed = sampled.shown.error !== null
  const graded = failed
    ? []
    : await Promise.all(criteria.map((one) => judge(one, row, sampled, surroundings)))
  const results = graded.map(({ result }) => result)
  const item: OutputItem = {
    object: 'eval.run.output_item',
    ...ids,
    created_at: now,
    status: failed ? 'error' : statusOf(results),
    datasource_item_id: number,
    datasource_item: row.item,
    results,
    sample: sampled.shown,
  }
  return { item, uses: [...sampled.uses, ...graded.flatMap(({ grade }) => grade.uses)] }
}

/** The status of an item by what its graders say. */
export function statusOf(results: readonly Pick<Result, 'passed'>[]): ItemStatus {
  if (results.some(({ passed }) => passed === false)) return 'fail'
  return results.some(({ passed }) => passed === null) ? 'error' : 'pass'
}

async function attempt(dataSource: DataSource, row: Row, surroundings: Surroundings): Promise<Sampled> {
  try {
    return await sampleRow(dataSource, row, surroundings)
  } catch (error) {
    if (!(error instanceof GraderFault) && !PlumblineError.isInstance(error)) throw error
    const code = error instanceof GraderFault ? 'invalid_variable_error' : error.code
    const shown = { input: [], output: [], error: { code, message: error.message } }
    return { namespace: {}, shown, uses: [] }
  }
}

async function judge(
  { label, grader, threshold }: Criterion,
  row: Row,
  sampled: Sampled,
  surroundings: Surroundings,
) {
  const namespaces = { sample: sampled.namespace, item: row.item }
  const made = await grade(grader, namespaces, surroundings)
  return { grade: made, result: resultOf(label, grader.type, made, threshold) }
}

function resultOf(name: string, type: string, made: Grade, threshold: number): Result {
  const { reward, errors, details, reply, parts } = made
  const said = { ...(reply !== null && { output_text: reply }), ...(details !== null && { details }) }
  const scores = Object.entries(parts).map(([part, one]) => [part, one.reward])
  return {
    name,
    type,
    score: reward,
    passed: reward === null ? null : reward >= threshold,
    ...(Object.keys(said).length > 0 && { sample: said }),
    ...(scores.length > 0 && { sub_rewards: Object.fromEntries(scores) }),
    ...(reward === null && { errors }),
  }
}
