import type { FineTuningJob } from '../../shared/protocol/fine-tuning.ts'
import type { Service } from '../client.ts'
import { Failure } from '../failure.ts'
import { interruptible } from '../interruptible.ts'
import { type Display, makeDisplay, makeJsonDisplay } from './display.ts'
import { openRunFolder, type RunFolder } from './folder.ts'
import { followJob } from './follow.ts'
import { jobLines } from './job-text.ts'
import { fetchContent, fetchData, listCheckpoints } from './jobs.ts'

export type WatchOptions = { out?: string; json?: boolean }

/**
 * Follows a job to its end, shows it and writes it into a folder with its report. Ctrl-C lets go of it: the job goes on.
 * A job that did not succeed is the exit status 1.
 */
export async function watchJob(service: Service, job: FineTuningJob, options: WatchOptions): Promise<void> {
  const { id } = job
  const json = options.json ?? false
  const folder = openRunFolder(options.out ?? id, job)
  const display = json ? makeJsonDisplay(console.log) : makeDisplay(process.stderr)
  await interruptible(
    () => `Let go: the job goes on. ${whatNext(id)}`,
    async (signal) => {
      const ended = await follow(service, id, folder, display, signal)
      if (json) console.log(JSON.stringify(ended))
      else console.log([...jobLines(ended), `report       ${folder.report}`].join('\n'))
      if (ended.status !== 'succeeded') process.exitCode = 1
    },
  )
}

async function follow(
  service: Service,
  id: string,
  folder: RunFolder,
  display: Display,
  signal: AbortSignal,
): Promise<FineTuningJob> {
  const listener = {
    job(job: FineTuningJob) {
      folder.tell(job)
      display.job(job)
    },
    event(event: Parameters<Display['event']>[0]) {
      folder.event(event)
      display.event(event)
    },
    lost: display.lost,
  }
  try {
    const ended = await followJob(service, id, listener, signal)
    const data = await fetchData(service, ended.training_file, { signal })
    const [result] = ended.result_files
    const taught = result === undefined ? null : await fetchContent(service, result, signal)
    if (taught !== null) folder.keepTaught(taught)
    await folder.finish(data, await listCheckpoints(service, id, { signal }))
    return ended
  } catch (error) {
    // what came so far is worth its report too
    await folder.finish(null, [])
    if (error instanceof Failure) throw new Failure(`${error.message} ${whatNext(id)}`, error.data)
    throw error
  } finally {
    display.stop()
  }
}

const whatNext = (id: string) =>
  `See it again with 'plumbline train attach ${id}', end it with 'plumbline train cancel ${id}'.`
