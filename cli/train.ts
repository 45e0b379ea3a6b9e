import { Argument, Command, Option } from 'commander'
import { READERS } from '../shared/protocol/training/methods.ts'
import { type Service, serviceFrom } from './client.ts'
import { reportFailures } from './failure.ts'
import { interruptible } from './interruptible.ts'
import { hyperparametersOf, type Setting, toSetting } from './train/hyperparameters.ts'
import { jobLines } from './train/job-text.ts'
import { createJob, defaultModel, uploadData } from './train/jobs.ts'
import { manageCommands } from './train/manage.ts'
import { watchJob } from './train/watch.ts'

type TrainOptions = {
  model?: string
  validation?: string
  config?: string
  recipe?: string
  set: Setting[]
  suffix?: string
  out?: string
  detach?: boolean
  json?: boolean
}

/** `plumbline train METHOD DATA`: a job of training on a worker, from the data to the report. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train a judge, a rubric generator or a policy on a worker, and follow it to its report.')
    .addArgument(new Argument('<method>', 'how').choices(Object.keys(READERS)))
    .argument('<data>', 'the examples, a JSON line each (docs/training.md says which)')
    .option('--model <id>', 'the model entry whose worker trains (default: the service’s)')
    .option('--validation <path>', 'examples that are measured and never trained on')
    .option('--recipe <name>', 'of rubric_arm: what is not given is taken from paper or small')
    .option('--config <path>', 'hyperparameters as a JSON object')
    .option(
      '--set <name=value>',
      'one of them, such as optimiser.learning_rate=1e-4; may be repeated',
      toSetting,
      [],
    )
    .option('--suffix <name>', 'a part of the name of what comes out')
    .option('--out <folder>', 'metrics and report (default: the id of the job, here)')
    .addOption(new Option('--detach', 'create the job and leave it alone').conflicts('out'))
    .option('--json', 'print events and then the job as JSON, one a line')
    .action((method: string, data: string, options: TrainOptions) =>
      reportFailures(options.json ?? false, () => train(method, data, options)),
    )
  command.enablePositionalOptions()
  for (const one of manageCommands()) command.addCommand(one)
  return command
}

async function train(method: string, data: string, options: TrainOptions): Promise<void> {
  const service = serviceFrom(process.env)
  const { recipe, config, set } = options
  const chosen = recipe === undefined ? [] : [{ path: ['recipe'], value: recipe }]
  const hyperparameters = hyperparametersOf(config, [...chosen, ...set])
  const job = await interruptible(
    () => "Stopped before the job was known; 'plumbline train list' shows whether it was created.",
    (signal) => create(service, method, data, hyperparameters, options, signal),
  )
  if (job === null) return
  if (!options.detach) await watchJob(service, job, options)
  else console.log(options.json ? JSON.stringify(job) : jobLines(job).join('\n'))
}

async function create(
  service: Service,
  method: string,
  data: string,
  hyperparameters: object,
  { model, validation, suffix }: TrainOptions,
  signal: AbortSignal,
) {
  const onWait = (why: string) => console.error(`${why} Trying again.`)
  const asking = { signal, onWait }
  const name = model ?? (await defaultModel(service, asking))
  const training = await uploadData(service, data, asking)
  const held = validation === undefined ? null : await uploadData(service, validation, asking)
  return createJob(
    service,
    {
      model: name,
      training_file: training.id,
      ...(held && { validation_file: held.id }),
      ...(suffix !== undefined && { suffix }),
      method: { type: method, [method]: { hyperparameters } },
    },
    asking,
  )
}
