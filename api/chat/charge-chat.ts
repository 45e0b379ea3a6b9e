import { shardOf } from '../../shared/identity/id.ts'
import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Call } from '../judging/call.ts'
import type { Platform } from '../platform/platform.ts'

/**
 * Charges a key for a call to the model entry with the id `model`. The reply is there and was paid for: a charge that
 * can't be written is the operator's affair, not the caller's.
 */
export async function chargeChat(
  platform: Pick<Platform, 'desk'>,
  model: string,
  { organisation, apiKey }: Pick<Call, 'organisation' | 'apiKey'>,
  tokens: TokenCount,
): Promise<void> {
  try {
    const desk = platform.desk(await shardOf(organisation, crypto.randomUUID()))
    await desk.chargeChat({ organisation, apiKey, model, tokens })
  } catch (error) {
    console.error(new PlumblineError('internal', 'A chat completion could not be charged.', { cause: error }))
  }
}
