import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Client, Outcome } from './client.ts'
import { CLIENTS } from './clients.ts'
import { environmentOf, pythonIn } from './environments.ts'
import { type Service, startService } from './service.ts'
import { writeTable } from './table.ts'

/**
 * `npm run test:clients -- [NAME...] [--write]`: the clients themselves, each in an environment of its own, against the
 * whole service with its real model. One that can't be installed is skipped with what the installer said. `--write`
 * writes docs/clients.md. Fails where a client does.
 */
const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const unknown = positionals.filter((name) => !CLIENTS.some((client) => client.name === name))
if (unknown.length > 0) {
  throw new Error(
    `No client is named ${unknown.join(', ')}: there are ${CLIENTS.map(({ name }) => name).join(', ')}.`,
  )
}
const chosen = CLIENTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const SCRIPTS = resolve(import.meta.dirname, 'scripts')
const PATIENCE_MS = 900_000

const service = await startService()
const outcomes: Outcome[] = []
try {
  for (const client of chosen) {
    const outcome = await tryClient(client, service)
    outcomes.push(outcome)
    console.log(`${outcome.result}: ${client.name}`)
    for (const line of outcome.said) console.log(`  ${line}`)
  }
} finally {
  await service.stop()
}
if (values.write) await writeTable(outcomes)
process.exitCode = outcomes.some(({ result }) => result === 'failed') ? 1 : 0

async function tryClient(client: Client, service: Service): Promise<Outcome> {
  let folder: string
  try {
    folder = await environmentOf(client)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      client,
      result: 'skipped',
      said: [`could not be installed: ${why.split('\n').slice(0, 3).join(' ')}`],
    }
  }
  const python = client.language === 'python'
  const script = resolve(SCRIPTS, `${client.name}.${python ? 'py' : 'mjs'}`)
  const { code, out, err } = await runScript(
    python ? pythonIn(folder) : process.execPath,
    python ? ['-P', script] : [script],
    folder,
    service,
  )
  const said = out
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .map((line) => line.slice(2))
  if (code === 0 && said.length > 0) return { client, result: 'passed', said }
  return { client, result: 'failed', said: [...said, ...`${err}${out}`.trim().split('\n').slice(-15)] }
}

/** Python is kept from the folder of the scripts, whose names are those of the packages they try. */
function runScript(command: string, args: string[], folder: string, { origin, key }: Service) {
  return new Promise<{ code: number | null; out: string; err: string }>((done) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: {
        ...process.env,
        ...{ PLUMBLINE_ORIGIN: origin, PLUMBLINE_API_KEY: key, CLIENT_FOLDER: folder },
        ...{
          PLUMBLINE_REWARD_URL: `${origin}/rlhf/plumbline`,
          PYTHONWARNINGS: 'ignore',
          NO_PROXY: 'localhost',
        },
      },
      timeout: PATIENCE_MS,
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', (error) => done({ code: null, out, err: error.message }))
    child.on('close', (code) => done({ code, out, err }))
  })
}
