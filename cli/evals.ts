import { Command } from 'commander'
import { serviceFrom } from './client.ts'
import { importFiles } from './evals/import.ts'
import { reportFailures } from './failure.ts'

/** `plumbline evals`: evals of OpenAI's form, which the service holds and runs. */
export function evalsCommand(): Command {
  const take = new Command('import')
    .description('take over evals, runs and output items that were exported from another service')
    .argument('<file...>', "JSON or lines of JSON, as OpenAI's API returned them; in any order")
    .option('--json', 'print the new ids by the old ones, as JSON')
    .action((paths: string[], { json = false }: { json?: boolean }) =>
      reportFailures(json, async () => {
        const taken = await importFiles(serviceFrom(process.env), paths)
        if (json) {
          console.log(JSON.stringify(taken))
          return
        }
        for (const [before, now] of Object.entries(taken.evals)) console.log(`${before} is now ${now}`)
        const [evals, runs] = [Object.keys(taken.evals).length, Object.keys(taken.runs).length]
        console.log(`${evals} evals, ${runs} runs, ${taken.output_items} output items`)
      }),
    )
  return new Command('evals')
    .description('Hold evals where OpenAI held them: /v1/evals has its API.')
    .addCommand(take)
}
