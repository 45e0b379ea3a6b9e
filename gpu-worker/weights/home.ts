import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where models are kept: PLUMBLINE_HOME, else `plumbline` in the user's cache folder. */
export function defaultHome(environment: Environment): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  return environment.PLUMBLINE_HOME || join(cache, 'plumbline')
}
