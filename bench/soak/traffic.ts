import type { Random } from '../../shared/statistics/random.ts'
import { TEXTS } from '../../test/parity/texts.ts'
import type { WorkerProcess } from './worker-process.ts'

/** How a call ended: as it must, or with what it should not have answered. */
export type Outcome = { kind: string; fault: string | null }

const SCHEMA = {
  type: 'object',
  properties: { verdict: { enum: ['first', 'second', 'tie'] }, sure: { type: 'boolean' } },
  required: ['verdict', 'sure'],
  additionalProperties: false,
}

/** Bodies that no worker should take, nor fall over. */
const GARBAGE: readonly [path: string, body: string][] = [
  ['/v1/judgments', '{"prompt": "no end'],
  ['/v1/judgments', 'null'],
  ['/v1/judgments', JSON.stringify({ prompt: 7, responses: ['a'] })],
  ['/v1/judgments', JSON.stringify({ prompt: 'a', responses: ['b', 'c'], unheard: true })],
  ['/v1/chat/completions', JSON.stringify({ messages: [] })],
  ['/v1/chat/completions', JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(400_000) }] })],
  ['/v1/chat/completions', JSON.stringify({ messages: [{ role: 'judge', content: 'hello' }] })],
  ['/v1/rewards', '\u0000\ufffd'],
  ['/v1/nothing', '{}'],
]

/** A judgment that was never made before: two texts, three criteria, both orders. */
export async function judge(worker: WorkerProcess, random: Random): Promise<Outcome> {
  const body = {
    prompt: `${Math.floor(random() * 2 ** 32)}: which is better? ${text(random)}`,
    responses: [text(random), `${text(random)} ${text(random)}`],
    rubric: {
      criteria: ['Is it true?', 'Is it short?', 'Is it kind?'].map((title, i) => ({
        id: `c${i}`,
        level: 'important',
        title,
      })),
    },
    orders: 'mean',
  }
  const answer = await post(worker, '/v1/judgments', JSON.stringify(body))
  const said: { winner?: unknown; error?: unknown } = answer.ok ? await answer.json() : {}
  const whole = answer.ok && said.error === null && typeof said.winner === 'string'
  if (!answer.ok) await answer.text()
  return { kind: 'judgment', fault: whole ? null : `${answer.status} ${JSON.stringify(said.error)}` }
}

/** What comes in between judgments. */
export const OTHERS: readonly ((worker: WorkerProcess, random: Random) => Promise<Outcome>)[] = [
  async (worker, random) => {
    const stream = random() < 0.5
    const answer = await chat(worker, { max_tokens: 16, temperature: 1, stream }, random)
    const said = await answer.text()
    return { kind: 'reply', fault: answer.ok ? null : `${answer.status} ${said}` }
  },
  async (worker, random) => {
    const format = { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema: SCHEMA } }
    const answer = await chat(worker, { max_tokens: 64, response_format: format }, random)
    const said = await answer.text()
    const reply: { choices?: { message: { content: string } }[] } = JSON.parse(said)
    const content = reply.choices?.[0]?.message.content ?? ''
    const valid = /^\s*\{\s*"verdict"\s*:\s*"(first|second|tie)"\s*,\s*"sure"\s*:\s*(true|false)\s*\}\s*$/
    return { kind: 'JSON reply', fault: valid.test(content) ? null : `${answer.status} ${said}` }
  },
  async (worker, random) => {
    const signal = AbortSignal.timeout(1 + Math.floor(random() * 60))
    // Whether it was cut off or came in time, it must leave nothing behind.
    await chat(worker, { max_tokens: 200, stream: random() < 0.5 }, random, signal)
      .then((answer) => answer.text())
      .catch(() => {})
    return { kind: 'call that its caller left', fault: null }
  },
  async (worker, random) => {
    const [path, body] = GARBAGE[Math.floor(random() * GARBAGE.length)] ?? ['/', '']
    const answer = await post(worker, path, body)
    await answer.text()
    const refused = answer.status >= 400 && answer.status < 500
    return { kind: 'garbage', fault: refused ? null : `${path} ${answer.status}` }
  },
]

function chat(worker: WorkerProcess, options: object, random: Random, signal?: AbortSignal) {
  const messages = [{ role: 'user', content: text(random) }]
  return post(
    worker,
    '/v1/chat/completions',
    JSON.stringify({ model: worker.model, messages, ...options }),
    signal,
  )
}

function post({ url, headers }: WorkerProcess, path: string, body: string, signal?: AbortSignal) {
  return fetch(url + path, { method: 'POST', headers, body, ...(signal && { signal }) })
}

function text(random: Random): string {
  return TEXTS[Math.floor(random() * TEXTS.length)] ?? ''
}
