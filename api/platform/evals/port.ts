import type { Eval } from '../../../shared/evals/eval.ts'
import type { ItemStatus, OutputItem } from '../../../shared/evals/output-item.ts'
import type { EvalRun, Row } from '../../../shared/evals/run.ts'
import type { ModelUse } from '../../../shared/graders/grader.ts'

export type ItemsAsked = {
  /** The id of the item that the page begins behind; null begins at the end that comes first. */
  after: string | null
  count: number
  order: 'asc' | 'desc'
  status: ItemStatus | null
}

/**
 * What the edge keeps of evals: each organisation's evals, their runs, the rows of the runs and what came of them. One
 * store holds all of an organisation, and every call is one transaction.
 */
export type EvalRecords = {
  /** Files an eval in the place of the one of its id. */
  keepEval(organisation: string, made: Eval): Promise<null>
  eval(organisation: string, id: string): Promise<Eval | null>
  /** Oldest first. */
  evals(organisation: string): Promise<Eval[]>
  /** With its runs and all that is theirs. Whether there was such an eval. */
  deleteEval(organisation: string, id: string): Promise<boolean>

  /**
   * Files a run that is shown to nobody before it is opened, since its rows come first; `payer` is the id of an API key.
   * One that was announced an hour before and never opened is dropped.
   */
  announceRun(organisation: string, run: EvalRun, payer: string): Promise<null>
  /** Shows a run that was announced. Whether there is such a run: its eval may have been deleted meanwhile. */
  openRun(organisation: string, id: string): Promise<boolean>
  /** Rows of an announced run from the number `from` on. */
  keepRows(organisation: string, run: string, from: number, rows: readonly Row[]): Promise<null>
  /** Files a run in the place of the one of its id. */
  keepRun(organisation: string, run: EvalRun): Promise<null>
  run(organisation: string, evalId: string, id: string): Promise<EvalRun | null>
  /** Oldest first. */
  runs(organisation: string, evalId: string): Promise<EvalRun[]>
  /** Ends a run that is queued or under way, and gives it as it is now; null where there is none. */
  endRun(
    organisation: string,
    evalId: string,
    id: string,
    end: Pick<EvalRun, 'status' | 'error'>,
  ): Promise<EvalRun | null>
  /** With all that is its own. Whether there was such a run. */
  deleteRun(organisation: string, evalId: string, id: string): Promise<boolean>

  /** Files items of another place, in their order; those whose ids are there are replaced. */
  keepItems(organisation: string, run: string, items: readonly OutputItem[]): Promise<null>
  item(organisation: string, run: string, id: string): Promise<OutputItem | null>
  items(organisation: string, run: string, ask: ItemsAsked): Promise<OutputItem[]>
}

/** A run that is not over, whose it is, and the id of the API key that pays. */
export type OpenRun = { organisation: string; run: EvalRun; payer: string }

/** What whoever works on runs needs beside: it stands where the records are. */
export type EvalWork = {
  /** Runs of all organisations that are queued or under way. */
  openRuns(): OpenRun[]
  /**
   * Has a run graded by `holder` alone up to `until`, Unix time in milliseconds; whether it is: another process may
   * hold it. False for a run that is not under way.
   */
  holdRun(open: OpenRun, holder: string, now: number, until: number): boolean
  /** The id of the API key that pays for a run. */
  payerOf(organisation: string, id: string): string
  /** Rows of a run that have no item yet, from beyond the number `after` on. */
  rowsLeft(organisation: string, run: string, after: number, count: number): { number: number; row: Row }[]
  /** Files what came of a row and counts it, once; nothing where the run is gone. Whether the run is still open. */
  fileItem(open: OpenRun, item: OutputItem, uses: readonly ModelUse[]): boolean
}

/** The evals of all organisations, with what grades them. */
export type EvalDesk = EvalRecords & {
  /** Begins with a run, or goes on with it, unless it is over or under way. It goes on whoever leaves. */
  work(organisation: string, evalId: string, id: string): Promise<null>
}
