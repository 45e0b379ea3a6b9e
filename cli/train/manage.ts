import { join } from 'node:path'
import { Command } from 'commander'
import { jobId } from '../../shared/protocol/fine-tuning.ts'
import { type Service, serviceFrom } from '../client.ts'
import { reportFailures } from '../failure.ts'
import { toCount } from '../judging-options.ts'
import { openRunFolder, readRunFolder, writeReport } from './folder.ts'
import { jobLines, jobTable } from './job-text.ts'
import { controlJob, fetchData, fetchJob, listCheckpoints, listEvents, listJobs } from './jobs.ts'
import { type WatchOptions, watchJob } from './watch.ts'

/** The commands for jobs that are there already. */
export function manageCommands(): Command[] {
  return [listCommand(), showCommand(), ...controlCommands(), attachCommand(), reportCommand()]
}

function listCommand(): Command {
  return new Command('list')
    .description('list the jobs, the newest first')
    .option('--limit <n>', 'how many at most', toCount, 20)
    .option('--json', 'print JSON, a job a line')
    .action(({ limit, json = false }: { limit: number; json?: boolean }) =>
      reportFailures(json, async () => {
        const jobs = await listJobs(serviceFrom(process.env), limit)
        if (!json) console.log(jobTable(jobs))
        else for (const job of jobs) console.log(JSON.stringify(job))
      }),
    )
}

function showCommand(): Command {
  return ofJob('show', 'show where a job stands', (service, id) => fetchJob(service, id))
}

function controlCommands(): Command[] {
  const actions = {
    pause: 'stop a job after the step under way; it can be resumed',
    resume: 'go on with a paused job',
    cancel: 'end a job for good',
  } as const
  return (['pause', 'resume', 'cancel'] as const).map((action) =>
    ofJob(action, actions[action], (service, id) => controlJob(service, id, action)),
  )
}

/** A command that does something with a job and prints where that stands then. */
function ofJob(
  name: string,
  about: string,
  work: (service: Service, id: string) => ReturnType<typeof fetchJob>,
) {
  return new Command(name)
    .description(about)
    .argument('<id>', 'the id of a job')
    .option('--json', 'print the job as JSON')
    .action((id: string, { json = false }: { json?: boolean }) =>
      reportFailures(json, async () => {
        const job = await work(serviceFrom(process.env), id)
        console.log(json ? JSON.stringify(job) : jobLines(job).join('\n'))
      }),
    )
}

function attachCommand(): Command {
  return new Command('attach')
    .description('follow a job, from its first event on')
    .argument('<id>', 'the id of a job')
    .option('--out <folder>', 'metrics and report (default: the id of the job, here)')
    .option('--json', 'print its events and then the job as JSON, one a line')
    .action((id: string, options: WatchOptions) =>
      reportFailures(options.json ?? false, async () => {
        const service = serviceFrom(process.env)
        await watchJob(service, await fetchJob(service, id), options)
      }),
    )
}

function reportCommand(): Command {
  return new Command('report')
    .description(
      'draw the report of a job as it stands, or of a folder with its metrics, without any service',
    )
    .argument('<job>', 'the id of a job, or a folder')
    .option('--out <folder>', 'where it goes (default: the folder, or the id of the job)')
    .action((job: string, { out }: { out?: string }) =>
      reportFailures(false, async () => {
        const path = jobId.safeParse(job).success
          ? await reportJob(job, out ?? job)
          : await reportFolder(job, out ?? job)
        console.log(path)
      }),
    )
}

async function reportFolder(folder: string, out: string): Promise<string> {
  const path = join(out, 'report.html')
  await writeReport(readRunFolder(folder), path)
  return path
}

async function reportJob(id: string, out: string): Promise<string> {
  const service = serviceFrom(process.env)
  const job = await fetchJob(service, id)
  const folder = openRunFolder(out, job)
  for await (const event of listEvents(service, id, null)) folder.event(event)
  await folder.finish(await fetchData(service, job.training_file, {}), await listCheckpoints(service, id))
  return folder.report
}
