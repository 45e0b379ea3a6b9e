import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where models are kept: PLUMBLINE_HOME, else `plumbline` in the user's data folder. */
export function defaultHome(environment: Environment): string {
  const data = environment.XDG_DATA_HOME || join(homedir(), '.local', 'share')
  return environment.PLUMBLINE_HOME || join(data, 'plumbline')
}
