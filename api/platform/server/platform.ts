import { soon } from '../../../shared/telemetry/soon.ts'
import { createJudging } from '../../grading/judging.ts'
import { surroundingsAt } from '../../grading/surroundings.ts'
import { judgeByEntry } from '../../judging/judge-by-entry.ts'
import { cappedByToken } from '../../tokens/capped.ts'
import { type Environment, readConfig } from '../config.ts'
import { createDesk, type OwnDesk } from '../desk/desk.ts'
import { createShelf } from '../desk/sql-shelf.ts'
import { createEvalDesk } from '../evals/desk.ts'
import type { Platform } from '../platform.ts'
import { createRunRecords } from '../runs/records.ts'
import type { Sql } from '../sql.ts'
import { createSubmissionRecords } from '../submissions/sql-records.ts'
import { createTokenRecords } from '../tokens/sql-records.ts'
import { openTracer } from '../tracing.ts'
import { createTrainingRecords } from '../training/sql-records.ts'
import { serverSandbox } from './sandbox.ts'

const TRACES_EVERY_MS = 1000

/** Node, Bun and Deno: one desk for all shards, since a process has one flight a key anyway. */
export function serverPlatform(
  environment: Environment,
  sql: Sql,
  fetch: Platform['fetch'],
): Platform & Pick<OwnDesk, 'quiet'> {
  const config = readConfig(environment)
  const tracer = openTracer(environment, {
    fetch,
    deliver: soon((send) => setTimeout(send, TRACES_EVERY_MS)),
  })
  const sandbox = serverSandbox()
  const tokens = createTokenRecords(sql)
  const judge = cappedByToken(judgeByEntry(config, fetch, tracer, sandbox), tokens, Date.now)
  const desk = createDesk({ sql, now: Date.now, judge, complain: console.error })
  const evals = createEvalDesk({
    sql,
    now: Date.now,
    surroundings: (payer) => surroundingsAt(platform, createJudging(platform), payer),
    complain: console.error,
  })
  const platform: Platform & Pick<OwnDesk, 'quiet'> = {
    config,
    now: Date.now,
    desk: () => desk,
    desks: () => [desk],
    shelf: createShelf(sql),
    training: createTrainingRecords(sql),
    evals,
    runs: createRunRecords(sql, Date.now),
    tokens,
    submissions: createSubmissionRecords(sql),
    afterAnswer: (work) => void work.catch(() => {}),
    fetch,
    sandbox,
    tracer,
    async quiet() {
      await Promise.all([desk.quiet(), evals.stop()])
    },
  }
  evals.resume()
  return platform
}
