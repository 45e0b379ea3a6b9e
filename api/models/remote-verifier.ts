import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { verifyList } from '../../shared/protocol/verify.ts'
import type { Sandbox, SandboxLanguage } from '../../shared/verify/sandbox.ts'
import type { Outcome } from '../../shared/verify/verifier.ts'
import { callLimit } from './call-limit.ts'
import { limitedFetch, type Outbound } from './limited-fetch.ts'
import type { Models } from './model-config.ts'
import { failedReply, readJson } from './model-reply.ts'

/**
 * The sandbox of this process with the workers whose entries say that they run programs (`sandbox`): what one of
 * them runs is checked there, where a program that does not end keeps nobody waiting.
 */
export function withWorkers(
  local: Sandbox,
  models: Models,
  outbound: Pick<Outbound, 'fetch' | 'environment'>,
): Sandbox {
  const workers = models.entries.filter(({ sandbox }) => sandbox.length > 0)
  const languages = [...new Set(workers.flatMap(({ sandbox }) => sandbox))]
  if (languages.length === 0) return local
  return {
    ...local,
    elsewhere: {
      languages,
      async check(spec, response) {
        const entry = workers.find(({ sandbox }) => sandbox.some((language) => isFor(spec, language)))
        if (!entry) throw new Error('no worker runs the language')
        return verifyThere(spec, response, entry, { ...outbound, limit: callLimit() })
      },
    },
  }
}

function isFor(spec: object, language: SandboxLanguage): boolean {
  return 'language' in spec && spec.language === language
}

async function verifyThere(
  spec: { kind: string },
  response: string,
  entry: ModelEntry,
  outbound: Outbound,
): Promise<Outcome> {
  try {
    // an empty program, which no request holds, does what a line without a word does
    const body = JSON.stringify({ response: response || '\n', verifiers: [spec] })
    const reply = await limitedFetch(entry, '/verify', body, outbound)
    if (!reply.ok) throw await failedReply(entry, reply, outbound.environment)
    const { data } = verifyList.parse(await readJson(entry, reply))
    const [result] = data
    if (!result) throw new Error('it answered no result')
    const { passed, expected, received, error } = result
    return { passed, expected, received, ...(error && { reason: error.message }) }
  } catch (error) {
    const why = PlumblineError.isInstance(error) ? error.message : String(error)
    const reason = `The worker of '${entry.id}', which runs programs, did not check it: ${why}`
    return { passed: null, expected: '', received: '', reason }
  }
}
