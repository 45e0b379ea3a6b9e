import { join } from 'node:path'
import { makeFolder } from '../../api/platform/server/folder.ts'
import { keptSecret } from '../../api/platform/server/secret.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * PLUMBLINE_SECRET, else the one in the home folder: 64 hex digits, made on the first start, its owner's alone.
 * Throws a sentence when the folder can't be written.
 */
export async function secretOf(variables: Variables): Promise<string> {
  if (variables.PLUMBLINE_SECRET) return variables.PLUMBLINE_SECRET
  const home = defaultHome(variables)
  try {
    makeFolder(home)
    return keptSecret(join(home, 'secret'))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    throw new PlumblineError(
      'not_configured',
      `${home} can't be written (${reason}): set PLUMBLINE_HOME to a folder that can.`,
      { cause: error },
    )
  }
}
