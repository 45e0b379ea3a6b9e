import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type Message, toMessages } from '../../../shared/protocol/message.ts'
import { jsonOrNull, parseWith } from '../../../shared/protocol/parse.ts'
import { cutLayout } from './cut-layout.ts'
import { type PutQuestion, putQuestion } from './put-question.ts'
import type { Question } from './question.ts'

const textParts = z
  .array(z.looseObject({ type: z.literal('text'), text: z.string() }))
  .transform((parts) => parts.map((part) => part.text).join(''))
const spoken = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), textParts]),
})
type Spoken = { role: string; content: string }

const HOW_TO_PUT = `put it as {"prompt": ..., "responses": [A, B]} in a 'plumbline' field or as the last message, or end the messages with the assistant's turn to have that one scored`

/** A mark of the layout that stands in the text once too often: a response may have brought it along. */
export type Forged = { forged: string }

/**
 * What the messages, or the field `plumbline`, put to a judge. In this order: the field; roles `response_1`,
 * `response_2`; a last turn of the assistant, scored by itself; a last message that is JSON; one in a layout that is
 * known (layouts.ts). Throws `invalid_request` where it is none of them.
 */
export function readQuestion(messages: readonly unknown[], field: PutQuestion): Question | Forged {
  const turns = messages.map((one, at) => readTurn(one, at))
  const given = responsesOf(field)
  if (given) return plain(field, given, turns)
  const byRole = turns.filter(({ role }) => /^response_\d+$/.test(role))
  if (byRole.length > 0) return ofRoles(turns, byRole)
  const last = turns.at(-1)
  if (last?.role === 'assistant') return ofConversation(turns.slice(0, -1), last.content)
  const asked = last && ASKING.has(last.role) ? last.content : ''
  const before = turns.slice(0, -1)
  const put = readPut(asked)
  if (put) {
    const responses = responsesOf(put)
    if (responses) return plain(put, responses, before)
  }
  return ofLayout(asked, before)
}

/** Who may put a question in the last message: promptfoo asks as the system alone. */
const ASKING: ReadonlySet<string> = new Set(['user', 'system', 'developer'])

function readTurn(value: unknown, at: number): Spoken {
  const read = spoken.safeParse(value)
  if (read.success) return { role: read.data.role, content: read.data.content.toWellFormed() }
  const message = `'messages.${at}' must have a role and a text: a judge reads nothing else.`
  throw new PlumblineError('invalid_request', message, { param: `messages.${at}` })
}

const responsesOf = ({ response, responses }: PutQuestion): string[] | null =>
  responses ?? (response === undefined ? null : [response])

function readPut(text: string): PutQuestion | null {
  if (!text.trimStart().startsWith('{')) return null
  const value = jsonOrNull(text)
  if (typeof value !== 'object' || value === null || !('response' in value || 'responses' in value))
    return null
  return parseWith(putQuestion, value)
}

/** A question that is put as fields. Messages are its prompt where it has none of its own, else instructions. */
function plain({ prompt, reference }: PutQuestion, responses: string[], turns: Spoken[]): Question {
  const own = prompt !== undefined
  return {
    ...NOTHING,
    prompt: own ? toMessages(prompt) : asPrompt(turns),
    responses,
    reference: reference ?? null,
    instructions: own ? withoutTexts(turns.map(({ content }) => content).join('\n'), responses) : '',
  }
}

/**
 * Instructions without the responses that they repeat, as a client's own prompt does, so that a response chooses no
 * form. One that stands there twice is in the instructions anyway, and too short a one can name no form.
 */
function withoutTexts(instructions: string, responses: string[]): string {
  return responses
    .map((response) => response.trim())
    .filter((response) => response.length >= SHORTEST_FORM)
    .reduce((text, response) => {
      const [before = '', after, more] = text.split(response)
      return after === undefined || more !== undefined ? text : `${before}\n${after}`
    }, instructions)
}

const SHORTEST_FORM = '[[A]]'.length

function ofRoles(turns: Spoken[], byRole: Spoken[]): Question {
  const said = turns.filter(({ role }) => ['system', 'user', 'assistant', 'tool'].includes(role))
  const principle = turns.find(({ role }) => role === 'principle')?.content
  const rubric = principle === undefined ? null : oneCriterion(principle)
  const schema = byRole.length === 2 ? COMPARISON : null
  return {
    ...NOTHING,
    prompt: asPrompt(said),
    responses: byRole.map(({ content }) => content),
    rubric,
    schema,
  }
}

/** What NeMo-Gym reads of two responses that it gave as roles, without asking for it (contracts.md 2.5). */
const COMPARISON = {
  properties: {
    score_1: { type: 'integer', minimum: 1, maximum: 5 },
    score_2: { type: 'integer', minimum: 1, maximum: 5 },
    ranking: { type: 'integer', minimum: 1, maximum: 6 },
  },
}

const ofConversation = (prompt: Spoken[], response: string): Question => ({
  ...NOTHING,
  prompt: asPrompt(prompt),
  responses: [response],
})

function ofLayout(text: string, before: Spoken[]): Question | Forged {
  const apart = before.map(({ content }) => content).join('\n')
  const cut = cutLayout(text, apart)
  if (!cut) {
    const message = `No responses were found in the messages: ${HOW_TO_PUT}.`
    throw new PlumblineError('invalid_request', message, { param: 'messages' })
  }
  if ('forged' in cut) return cut
  const textOf = (slot: string) => cut.parts.find((part) => part.slot === slot)?.text
  const instructions = `${apart}\n${cut.rest}`
  const responses = cut.parts.filter(({ slot }) => slot === 'response')
  const names = responses.flatMap(({ name }) => name ?? [])
  const criterion = textOf('criterion')
  const expert = textOf('expert')
  const prompt = textOf('prompt') ?? (criterion === undefined ? instructions.trim() : criterion)
  return {
    prompt: asPrompt([{ role: 'user', content: prompt }]),
    responses: responses.map(({ text }) => text),
    labels: names.length === responses.length ? names : null,
    reference: textOf('reference') || expert || null,
    rubric: criterion
      ? oneCriterion(`Meets this criterion: ${criterion}`)
      : expert
        ? oneCriterion(AS_EXPERT)
        : null,
    instructions,
    schema: null,
  }
}

const NOTHING = { labels: null, reference: null, rubric: null, instructions: '', schema: null }

const AS_EXPERT = 'Says what the reference answer says, and nothing that contradicts it.'

const oneCriterion = (title: string) => ({ criteria: [{ id: 'criterion', level: 'core' as const, title }] })

/** Turns as the prompt of a judgment. Throws `invalid_request` where nothing was asked. */
function asPrompt(turns: Spoken[]): Message[] {
  const messages = turns
    .filter(({ content }) => content !== '')
    .map(({ role, content }) => ({ role: roleOf(role), content }))
  if (messages.length > 0) return messages
  const message = `Nothing says what the responses answer: ${HOW_TO_PUT}.`
  throw new PlumblineError('invalid_request', message, { param: 'messages' })
}

function roleOf(role: string): Message['role'] {
  if (role === 'developer') return 'system'
  return role === 'system' || role === 'assistant' || role === 'tool' ? role : 'user'
}
