import { describe, expect, it } from 'vitest'
import { createChatServer } from './testing/chat-server.ts'
import { openTestApp } from './testing/test-app.ts'

const asked = [{ role: 'user', content: 'Which is better?' }]
const instructed = [{ role: 'system', content: 'You judge.' }, ...asked]
const schema = {
  type: 'json_schema',
  json_schema: { name: 'score', strict: true, schema: { type: 'object' } },
}

/** What clients of judges send, beside model and messages, and a reply that their parsers take (contracts.md 7, 7b). */
const CLIENTS: [string, object, string][] = [
  ['TRL up to 1.0', { max_tokens: 1 }, '0'],
  ['xtuner', { max_tokens: 1, temperature: 0 }, 'A'],
  ['AlpacaEval', { max_tokens: 1, temperature: 1, logprobs: true, top_logprobs: 5 }, 'm'],
  ['ROLL', {}, 'yes'],
  ['verifiers', { max_completion_tokens: 64 }, 'no'],
  [
    'verifiers rubric',
    { response_format: schema },
    '{"verdicts":[{"name":"c1","reason":"x","verdict":"yes"}]}',
  ],
  ['SkyRL', {}, '### Final Score: 1'],
  ['ms-swift', { messages: instructed, temperature: 0.3, max_tokens: 2048, seed: 7 }, 'good [[7]]'],
  ['ms-swift PRM', {}, 'Reward: 0.5'],
  ['rLLM', { messages: instructed, temperature: 0 }, '{"score": 1, "reasoning": "ok"}'],
  ['AReaL', { temperature: 1, max_completion_tokens: 8192, store: false }, '{"judgement":"correct"}'],
  ['open-instruct', { max_tokens: 2048, temperature: 1 }, '{"score": 2}'],
  ['NeMo-Gym', {}, '[[A!=B]]'],
  ['verl', {}, '\\boxed{True}'],
  ['verl fapo', { max_tokens: 16384 }, '\\boxed{-1}'],
  ['RewardBench', { messages: instructed, n: 1, temperature: 0, max_tokens: 2048 }, '... [[D]]'],
  ['inspect', {}, 'GRADE: C'],
  [
    'promptfoo',
    { messages: instructed, response_format: { type: 'json_object' } },
    '{"reason":"x","pass":true}',
  ],
  ['DeepEval', { temperature: 0, logprobs: true, top_logprobs: 20 }, '{"score":8,"reason":".."}'],
  ['openevals', { response_format: schema }, '{"reasoning":"x","score":true}'],
  ['ART RULER', { messages: instructed, response_format: schema }, '{"scores":[]}'],
  [
    'autoevals',
    { tools: [{ type: 'function' }], tool_choice: { type: 'function', function: { name: 'f' } } },
    'Y',
  ],
]

describe('what clients of judges ask of a model', () => {
  it.each(CLIENTS)(
    'reaches it unchanged from %s, and so does the verdict the client',
    async (_, sent, verdict) => {
      const server = createChatServer()
      const { ask } = await openTestApp({}, server.fetch)
      server.text = verdict
      const body = { model: 'second', messages: asked, ...sent }
      const { choices, usage } = await ask('/v1/chat/completions', body)
      expect(server.seen.map(({ body }) => body)).toEqual([body])
      expect([choices[0].message.content, choices[0].finish_reason]).toEqual([verdict, 'stop'])
      expect(usage.total_tokens).toBe(14)
    },
  )
})
