import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { createApp } from '../../app.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Environment } from '../config.ts'
import { makeFolder } from './folder.ts'
import { serverPlatform } from './platform.ts'
import { keptSecret } from './secret.ts'
import { openSqlite } from './sqlite.ts'

export type Server = {
  /** `given` is what an entry has besides the request. */
  fetch(request: Request, given?: Edge['Bindings']): Response | Promise<Response>
  hostname: string
  port: number
  /** Waits for the judgments under way, whether or not somebody still does, then closes the record. */
  close(): Promise<void>
}

/**
 * The edge over one SQLite file under `PLUMBLINE_HOME`, for Node, Bun and Deno. Listens on `PLUMBLINE_HOST`
 * (127.0.0.1 unless set) and `PLUMBLINE_PORT` (8787). Throws `not_configured` for a wrong value.
 */
export function openServer(variables: Record<string, string | undefined>): Server {
  const home = variables.PLUMBLINE_HOME || join(dataFolder(variables), 'plumbline')
  const sql = openRecord(home)
  const environment: Environment = (name) =>
    variables[name] || (name === 'PLUMBLINE_SECRET' ? keptSecret(join(home, 'secret')) : undefined)
  const platform = serverPlatform(environment, sql, (url, init) => fetch(url, init))
  const app = createApp(platform)
  return {
    fetch: (request, given = {}) => app.fetch(request, given),
    hostname: variables.PLUMBLINE_HOST || '127.0.0.1',
    port: readPort(variables.PLUMBLINE_PORT || '8787'),
    async close() {
      await platform.quiet()
      await platform.tracer?.flush()
      sql.close()
    },
  }
}

function openRecord(home: string) {
  try {
    makeFolder(home)
    return openSqlite(join(home, 'edge.sqlite'))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new PlumblineError(
      'not_configured',
      `PLUMBLINE_HOME is '${home}', where the record can't be opened (${why}): name a folder that can be written.`,
      { cause },
    )
  }
}

/** `openServer` for an entry: a wrong configuration ends the process with the sentence that names it. */
export function openServerOrExit(): Server {
  try {
    return openServer(process.env)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

/** Where programs keep their data for a user, as the XDG base directory specification has it. */
function dataFolder(variables: Record<string, string | undefined>): string {
  return variables.XDG_DATA_HOME || join(homedir(), '.local', 'share')
}

function readPort(value: string): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new PlumblineError(
    'not_configured',
    `PLUMBLINE_PORT is '${value}': give a whole number from 0 to 65535.`,
  )
}
