import { createHash, randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { workerKey } from '../shared/identity/worker-key.ts'
import { Failure, reportFailures } from './failure.ts'
import { urlTokenCommands } from './keys/url-tokens.ts'
import { toFailure } from './start/failure.ts'
import { secretOf } from './start/secret.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** `plumbline keys`: API keys are made here, and only their hashes are ever given to the service, which makes URL tokens. */
export function keysCommand(): Command {
  const create = new Command('create')
    .description('Make an API key; it is printed once and kept nowhere.')
    .option('--name <organisation>', 'whose key it is', 'default')
    .option('--json', 'print JSON')
    .action((options: { name: string; json?: boolean }) =>
      reportFailures(options.json ?? false, async () => printKey(options.name, options.json ?? false)),
    )
  const worker = new Command('worker')
    .description("Print the key of this machine's workers, which comes from PLUMBLINE_SECRET.")
    .action(() =>
      reportFailures(false, async () => {
        const secret = await secretOf(process.env).catch(toFailure)
        console.log(await workerKey(secret))
      }),
    )
  const keys = new Command('keys')
    .description("Make API keys and URL tokens; tell a worker's key.")
    .addCommand(create)
    .addCommand(worker)
  for (const command of urlTokenCommands()) keys.addCommand(command)
  return keys
}

function printKey(name: string, json: boolean): void {
  if (!NAME.test(name)) {
    throw new Failure(`The name '${name}' can't be used: take up to 64 letters, digits, '.', '_' and '-'.`)
  }
  const key = `pl_${randomBytes(32).toString('base64url')}`
  const entry = `${name}:${createHash('sha256').update(key).digest('hex')}`
  if (json) {
    console.log(JSON.stringify({ key, entry }))
    return
  }
  console.log(`key    ${key}`)
  console.log(`entry  ${entry}`)
  console.log('\nThe key is shown this once: callers set it as PLUMBLINE_API_KEY.')
  console.log('The entry goes into PLUMBLINE_API_KEYS of the service, entries separated by commas.')
}
