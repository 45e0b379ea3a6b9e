import { DurableObject } from 'cloudflare:workers'
import { createJudging } from '../../grading/judging.ts'
import { surroundingsAt } from '../../grading/surroundings.ts'
import { judgeByEntry } from '../../judging/judge-by-entry.ts'
import { cappedByToken } from '../../tokens/capped.ts'
import { readConfig } from '../config.ts'
import { createDesk } from '../desk/desk.ts'
import type { Cursor } from '../desk/port.ts'
import type { Shelf } from '../desk/shelf.ts'
import { createShelf } from '../desk/sql-shelf.ts'
import { createEvalDesk, type OwnEvalDesk } from '../evals/desk.ts'
import type { EvalDesk } from '../evals/port.ts'
import type { RunRecords } from '../runs/port.ts'
import { createRunRecords } from '../runs/records.ts'
import type { Sql } from '../sql.ts'
import type { SubmissionRecords } from '../submissions/port.ts'
import { createSubmissionRecords } from '../submissions/sql-records.ts'
import type { TokenRecords } from '../tokens/port.ts'
import { createTokenRecords } from '../tokens/sql-records.ts'
import type { TrainingRecords } from '../training/port.ts'
import { createTrainingRecords } from '../training/sql-records.ts'
import { environmentOf } from './environment.ts'
import { toLines } from './event-lines.ts'
import { cloudflarePlatform } from './platform.ts'
import { remoteTokenRecords } from './remote-token-records.ts'
import { workersSandbox } from './sandbox.ts'
import { workersTracer } from './tracing.ts'

/** An object without callers may be evicted after about 70 s; a judgment may last longer. */
const WATCH_MS = 30_000

/** A shard of the records: a desk over the SQLite of one Durable Object. */
export class JudgmentShard extends DurableObject<Env> {
  readonly #desk: ReturnType<typeof createDesk>
  readonly #shelf: Shelf
  readonly #training: TrainingRecords
  readonly #evals: OwnEvalDesk
  readonly #runs: RunRecords
  readonly #tokens: TokenRecords
  readonly #submissions: SubmissionRecords
  #watching = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const environment = environmentOf(env)
    const config = readConfig(environment)
    const sql = storageSql(ctx.storage)
    this.#shelf = createShelf(sql)
    this.#training = createTrainingRecords(sql)
    const platform = cloudflarePlatform(env.JUDGMENT_SHARD, environment)
    this.#evals = createEvalDesk({
      sql,
      now: Date.now,
      surroundings: (payer) => surroundingsAt(platform, createJudging(platform), payer),
      complain: console.error,
    })
    this.#runs = createRunRecords(sql, Date.now)
    this.#tokens = createTokenRecords(sql)
    this.#submissions = createSubmissionRecords(sql)
    const shards = env.JUDGMENT_SHARD
    const tokens = remoteTokenRecords((shard) => shards.get(shards.idFromName(String(shard))))
    const judge = judgeByEntry(
      config,
      (url, init) => fetch(url, init),
      workersTracer(environment),
      workersSandbox(environment),
    )
    this.#desk = createDesk({
      sql,
      now: Date.now,
      judge: cappedByToken(judge, tokens, Date.now),
      complain: console.error,
    })
  }

  async judge(assignment: string): Promise<string> {
    const ruling = this.#desk.judge(JSON.parse(assignment))
    this.#watch()
    return JSON.stringify(await ruling)
  }

  async watch(assignment: string): Promise<ReadableStream<Uint8Array>> {
    const events = await this.#desk.watch(JSON.parse(assignment))
    this.#watch()
    return toLines(events)
  }

  async read(organisation: string, id: string): Promise<string> {
    return JSON.stringify(await this.#desk.read(organisation, id))
  }

  async list(organisation: string, before: Cursor | null, limit: number): Promise<string> {
    return JSON.stringify(await this.#desk.list(organisation, before, limit))
  }

  async rubric(organisation: string, id: string): Promise<string> {
    return JSON.stringify(await this.#desk.rubric(organisation, id))
  }

  async fileRubric(organisation: string, rubric: string): Promise<void> {
    await this.#desk.fileRubric(organisation, JSON.parse(rubric))
  }

  async chargeChat(charge: string): Promise<void> {
    await this.#desk.chargeChat(JSON.parse(charge))
  }

  async usage(organisation: string): Promise<string> {
    return JSON.stringify(await this.#desk.usage(organisation))
  }

  /** A call of the shelf, by the name of its method. */
  async shelf(method: keyof Shelf, args: string): Promise<string> {
    return JSON.stringify(await Reflect.apply(this.#shelf[method], this.#shelf, JSON.parse(args)))
  }

  /** A call of the records of training, by the name of its method. */
  async training(method: keyof TrainingRecords, args: string): Promise<string> {
    return JSON.stringify(await Reflect.apply(this.#training[method], this.#training, JSON.parse(args)))
  }

  /** A call of the desk of evals, by the name of its method. The alarm brings back an object that ended meanwhile. */
  async evals(method: keyof EvalDesk, args: string): Promise<string> {
    const answer = await Reflect.apply(this.#evals[method], this.#evals, JSON.parse(args))
    if (this.#evals.busy()) await this.ctx.storage.setAlarm(Date.now() + WATCH_MS)
    return JSON.stringify(answer)
  }

  /** A call of the records of runs, by the name of its method. One that waits for others keeps the object awake. */
  async runs(method: keyof RunRecords, args: string): Promise<string> {
    return JSON.stringify(await Reflect.apply(this.#runs[method], this.#runs, JSON.parse(args)))
  }

  /** A call of the records of submissions, by the name of its method. */
  async submissions(method: keyof SubmissionRecords, args: string): Promise<string> {
    return JSON.stringify(await Reflect.apply(this.#submissions[method], this.#submissions, JSON.parse(args)))
  }

  /** A call of the records of URL tokens, by the name of its method. */
  async tokens(method: keyof TokenRecords, args: string): Promise<string> {
    return JSON.stringify(await Reflect.apply(this.#tokens[method], this.#tokens, JSON.parse(args)))
  }

  /** An alarm counts as a call: it keeps the object in memory while a long judgment outlives its callers. */
  override async alarm(): Promise<void> {
    this.#evals.resume()
    if (this.#desk.busy() || this.#evals.busy()) await this.ctx.storage.setAlarm(Date.now() + WATCH_MS)
    else this.#watching = false
  }

  /** Sets the first alarm, but only for a judgment that is still under way after a while: most are not. */
  #watch(): void {
    if (this.#watching || !this.#desk.busy()) return
    this.#watching = true
    setTimeout(() => void this.alarm(), WATCH_MS)
  }
}

function storageSql(storage: DurableObjectStorage): Sql {
  return {
    all: (query, ...bindings) => storage.sql.exec(query, ...bindings).toArray(),
    transaction: (work) => storage.transactionSync(work),
  }
}
