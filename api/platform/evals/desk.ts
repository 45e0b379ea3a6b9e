import { type Criterion, readCriterion } from '../../../shared/evals/criterion.ts'
import { gradeRow } from '../../../shared/evals/grade-row.ts'
import { dataSource, isRunning } from '../../../shared/evals/run.ts'
import type { Surroundings } from '../../../shared/graders/grader.ts'
import { sha256 } from '../../../shared/identity/hash.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { patient } from '../../grading/patient.ts'
import type { Payer } from '../../grading/surroundings.ts'
import { LIMITS } from '../limits.ts'
import type { Sql } from '../sql.ts'
import { holding } from './hold.ts'
import type { EvalDesk, OpenRun } from './port.ts'
import { createEvalRecords } from './sql-records.ts'

export type EvalDeskDeps = {
  sql: Sql
  /** Unix time, milliseconds. */
  now(): number
  /** What graders need, for whoever pays. One for all rows of a run: its calls share their places. */
  surroundings(payer: Payer): Surroundings
  /** Told of faults that only an operator can mend. */
  complain(sentence: string, cause: unknown): void
}

/** A desk over one SQLite. */
export type OwnEvalDesk = EvalDesk & {
  /** Goes on with all runs that are not over: what a process that ended has left. */
  resume(): void
  /** Whether a run is under way. */
  busy(): boolean
  /** Begins with no more rows, and resolves when those under way are filed. */
  stop(): Promise<void>
}

/**
 * Grades runs beside the calls that ask for them, row by row. Each row is filed as soon as it is graded, and a run that
 * is gone on with grades those that are left, so that whatever ends the process costs the rows under way alone.
 */
export function createEvalDesk({ sql, now, surroundings, complain }: EvalDeskDeps): OwnEvalDesk {
  const records = createEvalRecords(sql)
  const underWay = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  const holder = crypto.randomUUID()

  function start(open: OpenRun): void {
    const key = `${open.organisation} ${open.run.id}`
    if (stopping.signal.aborted || underWay.has(key) || !isRunning(open.run)) return
    const work = hold(open)
      .catch((cause: unknown) =>
        complain(`The eval run '${open.run.id}' stopped, and goes on when it is read.`, cause),
      )
      .finally(() => underWay.delete(key))
    underWay.set(key, work)
  }

  function hold(open: OpenRun): Promise<void> {
    const { organisation, run } = open
    const goesOn = async () => {
      const found = await records.run(organisation, run.eval_id, run.id)
      return found !== null && isRunning(found)
    }
    const held = { records, holder, now, open: goesOn, signal: stopping.signal }
    return holding(open, held, () => gradeRun(open))
  }

  async function gradeRun(open: OpenRun): Promise<void> {
    const { organisation, run } = open
    const end = (status: string, error: { code: string; message: string } | null) =>
      records.endRun(organisation, run.eval_id, run.id, { status, error })
    try {
      const criteria = await criteriaOf(open)
      if (await gradeRows(open, criteria)) await end('completed', null)
    } catch (cause) {
      if (!PlumblineError.isInstance(cause)) throw cause
      await end('failed', { code: cause.code, message: cause.message })
    }
  }

  async function criteriaOf({ organisation, run }: OpenRun): Promise<Criterion[]> {
    const made = await records.eval(organisation, run.eval_id)
    return (made?.testing_criteria ?? []).map(readCriterion)
  }

  /** Whether the run came to the end of its rows. */
  async function gradeRows(open: OpenRun, criteria: Criterion[]): Promise<boolean> {
    const { organisation, run, payer } = open
    const source = parseWith(dataSource, { ...run.data_source, source: NO_ROWS })
    const around = patient(
      surroundings({ organisation, apiKey: payer }),
      LIMITS.evalPausesMs,
      stopping.signal,
    )
    let goesOn = true
    for (let after = -1; ; ) {
      const batch = records.rowsLeft(organisation, run.id, after, LIMITS.evalRowsInFlight)
      const last = batch.at(-1)
      if (last === undefined) return goesOn
      await Promise.all(
        batch.map(async ({ number, row }) => {
          const ids = { id: await itemId(run.id, number), eval_id: run.eval_id, run_id: run.id }
          const seconds = Math.floor(now() / 1000)
          const given = { ids, number, row, dataSource: source, criteria, now: seconds }
          const { item, uses } = await gradeRow(given, around)
          // what the stop itself may have broken is graded anew
          if (stopping.signal.aborted && item.status === 'error') return
          goesOn = records.fileItem(open, item, uses) && goesOn
        }),
      )
      if (!goesOn || stopping.signal.aborted) return false
      after = last.number
    }
  }

  const { openRuns, payerOf, holdRun: _, rowsLeft: __, fileItem: ___, ...kept } = records
  return {
    ...kept,
    async work(organisation, evalId, id) {
      const run = await records.run(organisation, evalId, id)
      if (run) start({ organisation, run, payer: payerOf(organisation, id) })
      return null
    },
    resume: () => openRuns().forEach(start),
    busy: () => underWay.size > 0,
    async stop() {
      stopping.abort()
      await Promise.all(underWay.values())
    },
  }
}

/** Rows are kept by themselves: of a data source only how it is sampled is read here. */
const NO_ROWS = { type: 'file_id', id: '' }

/** The same however often a row is graded. */
async function itemId(run: string, number: number): Promise<string> {
  return `outputitem_${(await sha256(JSON.stringify(['output item', run, number]))).slice(0, 32)}`
}
