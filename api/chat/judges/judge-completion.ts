import { refusal } from '../../middleware/errors.ts'
import type { ServerEvent } from '../event-bytes.ts'
import type { JudgeReply } from './judge-reply.ts'

type Head = { id: string; created: number; model: string }

/** What a judge says as a whole chat completion, the same in each of its choices. */
export function judgeCompletion(head: Head, reply: JudgeReply, choices: number) {
  return {
    ...head,
    object: 'chat.completion',
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: { role: 'assistant', ...said(reply, index, false) },
      logprobs: reply.logprobs,
      finish_reason: 'stop',
    })),
    usage: showUsage(reply),
    plumbline: reply.plumbline,
  }
}

/** The same as the events of a stream, which say an error where there is no verdict in the end. */
export async function* judgeChunks(
  head: Head,
  awaited: JudgeReply | Promise<JudgeReply>,
  choices: number,
  includeUsage: boolean,
): AsyncGenerator<ServerEvent, void> {
  const reply = await Promise.resolve(awaited).catch((error: unknown) => refusal(error).text())
  if (typeof reply === 'string') {
    yield { data: reply }
    return
  }
  const object = 'chat.completion.chunk'
  const event = (index: number, delta: object, finish_reason: string | null, logprobs: object | null) => {
    const choice = { index, delta, logprobs, finish_reason }
    return { data: { ...head, object, choices: [choice], ...(includeUsage && { usage: null }) } }
  }
  for (let index = 0; index < choices; index++) {
    yield event(index, { role: 'assistant', content: '' }, null, null)
    yield event(index, said(reply, index, true), null, reply.logprobs)
    yield event(index, {}, 'stop', null)
  }
  const last = { ...head, object, choices: [], plumbline: reply.plumbline }
  yield { data: includeUsage ? { ...last, usage: showUsage(reply) } : last }
  yield { data: '[DONE]' }
}

/** A piece of a stream numbers its calls of functions, a whole message does not. */
function said({ text, tool, refused }: JudgeReply, choice: number, piece: boolean) {
  const refusal = refused ? text : null
  if (tool === null) return { content: text, ...(piece && !refused ? {} : { refusal }) }
  const call = { id: `call_${choice}`, type: 'function', function: { name: tool, arguments: text } }
  return { content: null, tool_calls: [piece ? { index: 0, ...call } : call] }
}

function showUsage({ usage: { prompt_tokens, completion_tokens, cached_tokens } }: JudgeReply) {
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens },
  }
}
