import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { type Run, run, runList } from '../shared/protocol/run.ts'
import { get, post, type Service, serviceFrom } from './client.ts'
import { reportFailures } from './failure.ts'
import { runLines, runTable } from './runs/run-text.ts'
import { hyperparametersOf, type Setting, toSetting } from './train/hyperparameters.ts'

type ListOptions = { limit: string; before?: string; json?: boolean }
type CreateOptions = { config?: string; set: Setting[]; json?: boolean }

/** `plumbline runs`: runs of trainers that know a reward URL alone. */
export function runsCommand(): Command {
  const create = new Command('create')
    .description("make a run; the trainer is then given the run's reward URL")
    .option('--config <file>', 'the settings as one JSON object, as POST /v1/runs takes them')
    .option('--set <name=value>', 'one setting, such as phase_steps=20', toSetting, [])
    .option('--json', 'print the run as JSON')
    .action(({ config, set, json = false }: CreateOptions) =>
      reportFailures(json, async () => {
        // a call that is repeated makes no second run
        const headers = { 'idempotency-key': randomUUID() }
        const settings = hyperparametersOf(config, set)
        print(await post(serviceFrom(process.env), '/v1/runs', settings, run, { headers }), json)
      }),
    )
  const list = new Command('list')
    .description('list the runs, the newest first')
    .option('--limit <count>', 'how many, 100 at most', '20')
    .option('--before <id>', 'only runs older than this one')
    .option('--json', 'print JSON, a run a line')
    .action(({ limit, before, json = false }: ListOptions) =>
      reportFailures(json, async () => {
        const query = new URLSearchParams({ limit, ...(before !== undefined && { before }) })
        const { data, has_more } = await get(serviceFrom(process.env), `/v1/runs?${query}`, runList)
        if (json) return data.forEach((one) => void console.log(JSON.stringify(one)))
        console.log(runTable(data))
        if (has_more) console.log(`There are older ones: --before ${data.at(-1)?.id}`)
      }),
    )
  return new Command('runs')
    .description('Make runs for trainers that know a reward URL alone, and see where they are.')
    .addCommand(create)
    .addCommand(list)
    .addCommand(
      ofRun('show', 'show where a run is: its phases and class scores', (service, path) =>
        get(service, path, run),
      ),
    )
    .addCommand(
      ofRun('step', 'begin a step now, after a trainer went down within one', (service, path) =>
        post(service, `${path}/steps`, {}, run),
      ),
    )
}

function ofRun(name: string, about: string, work: (service: Service, path: string) => Promise<Run>): Command {
  return new Command(name)
    .description(about)
    .argument('<id>', 'the id or the name of a run')
    .option('--json', 'print the run as JSON')
    .action((id: string, { json = false }: { json?: boolean }) =>
      reportFailures(json, async () =>
        print(await work(serviceFrom(process.env), `/v1/runs/${encodeURIComponent(id)}`), json),
      ),
    )
}

const print = (made: Run, json: boolean) =>
  console.log(json ? JSON.stringify(made) : runLines(made).join('\n'))
