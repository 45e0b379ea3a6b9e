import { PlumblineError } from '../../shared/protocol/error.ts'
import { type Completion, completion } from './completion.ts'

/** A whole completion, as the other surfaces read it. Throws `reply_invalid`. */
export async function readWhole(reply: Response): Promise<Completion> {
  const parsed = completion.safeParse(await reply.json())
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.')
  const message = `The model's reply is no chat completion of text (${where} is wrong): use /v1/chat/completions.`
  throw new PlumblineError('reply_invalid', message)
}
