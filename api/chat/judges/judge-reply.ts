import { explain } from './explain.ts'
import type { Form, Written } from './form.ts'
import type { Verdict } from './verdict.ts'

type Token = { token: string; logprob: number; bytes: null }

/** What a judge says, before it is put into a completion. */
export type JudgeReply = {
  text: string
  /** The same text as the arguments of a function that had to be called. */
  tool: string | null
  refused: boolean
  logprobs: { content: (Token & { top_logprobs: Token[] })[]; refusal: null } | null
  usage: Verdict['usage']
  /** What the text rests on. */
  plumbline: object
}

export type ReplyOptions = { room: number; logprobs: boolean; tool: string | null }

/** Tokens below which a reply is the verdict alone. */
const SHORT = 64
/** A probability of 0 has no logarithm that JSON can hold; OpenAI's API says this of what is very unlikely. */
const LEAST_LOGPROB = -9999
const NO_TOKENS = { prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0 }

/**
 * A verdict as it is told: the explanation, then the verdict as the form has it, since parsers take the last. Left out is
 * an explanation for which there is no room, or in which the parser would find a verdict.
 */
export function telling(verdict: Verdict, form: Form, { room, logprobs, tool }: ReplyOptions): JudgeReply {
  const written = form.write(verdict, explain(verdict))
  return {
    text: textOf(verdict, form, written.verdict, room),
    tool: written.verdict === null ? null : tool,
    refused: false,
    logprobs: logprobs ? showLogprobs(written, verdict) : null,
    usage: verdict.usage,
    plumbline: showVerdict(verdict, form),
  }
}

/** The answer where what the responses are can't be told, since one of them may have brought a mark along. */
export function refusing(mark: string): JudgeReply {
  const text = `Refused: ${JSON.stringify(mark)} stands in the text once too often, so that the responses can't be told apart. Put them into a 'plumbline' field.`
  const error = { code: 'invalid_request', message: text, param: 'messages', type: 'caller' }
  return { text, tool: null, refused: true, logprobs: null, usage: NO_TOKENS, plumbline: { error } }
}

function textOf(verdict: Verdict, form: Form, said: string | null, room: number): string {
  if (said === null) return room < SHORT ? 'tie' : 'No difference was found.'
  const explanation = explain(verdict)
  if (form.bare || room < SHORT || form.reads.test(explanation)) return said
  const label = form.name === 'plumbline' && verdict.scores.length > 1 ? 'Verdict: ' : ''
  return `${explanation}\n\n${label}${said}`
}

function showVerdict({ usage: _, rubric, best, ...found }: Verdict, form: Form) {
  const winner = found.scores.length === 1 ? {} : { winner: best === null ? 'tie' : best }
  return { ...found, ...winner, rubric: rubric?.id ?? null, form: form.name }
}

/**
 * A verdict of words as the log-probabilities of these words; any other as reward models tell their rewards here: the
 * name as the token and the score in the place of its logarithm (contracts.md 5).
 */
function showLogprobs(written: Written, verdict: Verdict): JudgeReply['logprobs'] {
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
