import { waitUntil } from 'cloudflare:workers'
import { SHARDS, shardOf } from '../../../shared/identity/id.ts'
import { type Environment, readConfig } from '../config.ts'
import type { Platform } from '../platform.ts'
import { remoteDesk } from './remote-desk.ts'
import { remoteEvalDesk } from './remote-eval-desk.ts'
import { remoteRunRecords } from './remote-run-records.ts'
import { remoteShelf } from './remote-shelf.ts'
import { remoteSubmissionRecords } from './remote-submission-records.ts'
import { remoteTokenRecords } from './remote-token-records.ts'
import { remoteTrainingRecords } from './remote-training-records.ts'
import { workersSandbox } from './sandbox.ts'
import { workersTracer } from './tracing.ts'

/** The Workers platform: a desk is a Durable Object, one a shard. Throws `not_configured` for a wrong value. */
export function cloudflarePlatform(shards: Env['JUDGMENT_SHARD'], environment: Environment): Platform {
  const shard = (number: number) => shards.get(shards.idFromName(String(number)))
  const all = () => Array.from({ length: SHARDS }, (_, number) => shard(number))
  const desk = (number: number) => remoteDesk(shard(number))
  return {
    config: readConfig(environment),
    now: Date.now,
    desk,
    desks: () => all().map(remoteDesk),
    shelf: remoteShelf(async (organisation) => shard(await shardOf(organisation, 'meta-rubrics'))),
    training: remoteTrainingRecords(async (organisation) => shard(await shardOf(organisation, 'training'))),
    evals: remoteEvalDesk(async (organisation) => shard(await shardOf(organisation, 'evals'))),
    runs: remoteRunRecords(async (...run) => shard(await shardOf(run.join(' '), 'run')), all),
    tokens: remoteTokenRecords(shard),
    submissions: remoteSubmissionRecords(async (organisation, id) => shard(await shardOf(organisation, id))),
    afterAnswer: (work) => waitUntil(work.catch(() => {})),
    fetch: (url, init) => fetch(url, init),
    sandbox: workersSandbox(environment),
    tracer: workersTracer(environment),
  }
}
