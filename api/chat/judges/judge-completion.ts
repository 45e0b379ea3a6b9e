import type { ServerEvent } from '../event-bytes.ts'
import { explain } from './explain.ts'
import type { Form, Written } from './form.ts'
import type { Verdict } from './verdict.ts'

/** A verdict as it is told. */
export type Told = { text: string; written: Written; verdict: Verdict; form: string }

/** Tokens below which a reply is the verdict alone. */
const SHORT = 64
/** A probability of 0 has no logarithm that JSON can hold; OpenAI's API says this of what is very unlikely. */
const LEAST_LOGPROB = -9999

/**
 * The text of a verdict: the explanation, then the verdict as the form has it, since parsers take the last. Left out is
 * an explanation for which there is no room, or in which the parser would find a verdict.
 */
export function tell(verdict: Verdict, form: Form, room: number): Told {
  const explanation = explain(verdict)
  const written = form.write(verdict, explanation)
  const told = { written, verdict, form: form.name }
  if (written.verdict === null) return { ...told, text: room < SHORT ? 'tie' : 'No difference was found.' }
  const alone = form.bare || room < SHORT || form.reads.test(explanation)
  const said = form.name === 'plumbline' && verdict.scores.length > 1 && !alone ? 'Verdict: ' : ''
  return { ...told, text: alone ? written.verdict : `${explanation}\n\n${said}${written.verdict}` }
}

type Head = { id: string; created: number; model: string }

/** The verdict as a whole chat completion, the same in each of its choices. */
export function judgeCompletion(head: Head, told: Told, logprobs: boolean, choices: number) {
  return {
    ...head,
    object: 'chat.completion',
    choices: Array.from({ length: choices }, (_, index) => ({
      index,
      message: { role: 'assistant', content: told.text, refusal: null },
      logprobs: logprobs ? showLogprobs(told) : null,
      finish_reason: 'stop',
    })),
    usage: showUsage(told.verdict),
    plumbline: showVerdict(told),
  }
}

/** The same as the events of a stream. */
export async function* judgeChunks(
  head: Head,
  told: Told,
  { logprobs, choices, usage }: { logprobs: boolean; choices: number; usage: boolean },
): AsyncGenerator<ServerEvent, void> {
  const object = 'chat.completion.chunk'
  const choice = (index: number, delta: object, finish_reason: string | null, told: object | null) => ({
    data: {
      ...head,
      object,
      choices: [{ index, delta, logprobs: told, finish_reason }],
      ...(usage && { usage: null }),
    },
  })
  for (let index = 0; index < choices; index++) {
    yield choice(index, { role: 'assistant', content: '' }, null, null)
    yield choice(index, { content: told.text }, null, logprobs ? showLogprobs(told) : null)
    yield choice(index, {}, 'stop', null)
  }
  const last = { ...head, object, choices: [], plumbline: showVerdict(told) }
  yield { data: usage ? { ...last, usage: showUsage(told.verdict) } : last }
  yield { data: '[DONE]' }
}

/** What the text rests on. */
function showVerdict({ verdict, form }: Told) {
  const { usage: _, rubric, best, ...found } = verdict
  const winner = verdict.scores.length === 1 ? {} : { winner: best === null ? 'tie' : best }
  return { ...found, ...winner, rubric: rubric?.id ?? null, form }
}

/**
 * A verdict of words as the log-probabilities of these words; any other as reward models tell their rewards here: the
 * name as the token and the score in the place of its logarithm (contracts.md 5).
 */
function showLogprobs({ written, verdict }: Told) {
  const choices = written.choices.map(({ token, probability }) => ({
    token,
    logprob: probability > 0 ? Math.log(probability) : LEAST_LOGPROB,
    bytes: null,
  }))
  const chosen = choices.find(({ token }) => token === written.verdict)
  const token = chosen ?? { token: 'reward', logprob: verdict.score, bytes: null }
  const ranked = choices.toSorted((a, b) => b.logprob - a.logprob)
  return { content: [{ ...token, top_logprobs: ranked }], refusal: null }
}

function showUsage({ usage }: Verdict) {
  const { prompt_tokens, completion_tokens, cached_tokens } = usage
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens },
  }
}
