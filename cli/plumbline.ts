import { Command } from 'commander'
import packageJson from '../package.json' with { type: 'json' }

/** Every subcommand: what help says of it, and how to load it. Only the one that is called is loaded. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  start: {
    summary: 'start the service on this machine',
    load: async () => (await import('./start.ts')).startCommand(),
  },
  worker: {
    summary: 'start a worker alone: the models behind the service',
    load: async () => (await import('./worker.ts')).workerCommand(),
  },
  judge: {
    summary: 'judge one pair of responses',
    load: async () => (await import('./judge.ts')).judgeCommand(),
  },
  eval: {
    summary: 'judge a file of labelled pairs and report how often the judge is right',
    load: async () => (await import('./eval.ts')).evalCommand(),
  },
  evals: {
    summary: "import evals that OpenAI's service held",
    load: async () => (await import('./evals.ts')).evalsCommand(),
  },
  audit: {
    summary: 'report the biases, the calibration and the weak spots of a judge',
    load: async () => (await import('./audit.ts')).auditCommand(),
  },
  export: {
    summary: 'write training data and configuration for trainers',
    load: async () => (await import('./export.ts')).exportCommand(),
  },
  train: {
    summary: 'train a judge, a rubric generator or a policy on a worker',
    load: async () => (await import('./train.ts')).trainCommand(),
  },
  runs: {
    summary: 'make runs for trainers that know a reward URL alone',
    load: async () => (await import('./runs.ts')).runsCommand(),
  },
  refine: {
    summary: 'search for a better meta-rubric on labelled pairs',
    load: async () => (await import('./refine.ts')).refineCommand(),
  },
  aggregate: {
    summary: 'turn criterion verdicts into scores, without any service',
    load: async () => (await import('./aggregate.ts')).aggregateCommand(),
  },
  keys: {
    summary: 'make API keys and URL tokens',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  console.error(`plumbline: Can't write the output (${error.message}).`)
  process.exit(1)
})

const root = new Command('plumbline')
  .description('A reward you can inspect: rubric rewards for RL trainers, over HTTP.')
  .version(packageJson.version)
  // so that options after a command's own subcommand are that one's
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nThe service is found at PLUMBLINE_URL (default http://localhost:8787); PLUMBLINE_API_KEY is sent as the key.',
  )

const [first = '', second = ''] = process.argv.slice(2)
const asked = first === 'help' ? second : first
for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
  root.addCommand(name === asked ? await load() : new Command(name).description(summary))
}
if (first === '') root.help()
await root.parseAsync()
