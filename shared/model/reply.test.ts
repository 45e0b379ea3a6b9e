import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { GenerateOptions, LanguageModel } from './language-model.ts'
import { ask, parseJson } from './reply.ts'

function replying(text: string, finish: 'stop' | 'length' = 'stop') {
  const asked: GenerateOptions[] = []
  const model: LanguageModel = {
    identity: 'm',
    instantiate: 'generate',
    verdicts: 'generate',
    async generate(_messages, options = {}) {
      asked.push(options)
      return { text, finish, tokens: { prompt: 0, completion: 0, cached: 0 } }
    },
    choose: () => Promise.reject(new Error('not asked')),
  }
  return { model, asked }
}

const schema = z.strictObject({ items: z.array(z.string().min(1)).min(1).max(2), count: z.int() })

describe('ask', () => {
  it('sends the schema without the bounds that strict servers refuse, and holds the reply to them itself', async () => {
    const { model, asked } = replying('{"items":["a","b","c"],"count":1}')
    await expect(ask(model, [], { name: 'list', schema })).rejects.toMatchObject({ code: 'reply_invalid' })
    expect(asked[0]?.schema).toEqual({
      name: 'list',
      schema: {
        type: 'object',
        properties: { items: { type: 'array', items: { type: 'string' } }, count: { type: 'integer' } },
        required: ['items', 'count'],
        additionalProperties: false,
      },
    })
  })

  it('takes a reply that was cut off for an error, however well it reads', async () => {
    const { model } = replying('{"items":["a"],"count":1}', 'length')
    await expect(ask(model, [], { name: 'list', schema })).rejects.toMatchObject({ code: 'reply_truncated' })
  })
})

describe('parseJson', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['Sure:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
    ['```\n{"a":1}\n```\n```json\n{"a":2}\n```', { a: 2 }],
    ['{"a":1,}', { a: 1 }],
    ["{'a': 1}", { a: 1 }],
    ['{"a":"```py\\nx()\\n```"}', { a: '```py\nx()\n```' }],
    ['{"a":"```py\\nx()\\n```",}', { a: '```py\nx()\n```' }],
    ['```json\n{"a":"```py\\nx()\\n```"}\n```', { a: '```py\nx()\n```' }],
  ])('reads %j', (text, value) => {
    expect(parseJson(text, 'list')).toEqual(value)
  })

  it.each([
    '',
    'A is better.',
    '{"a":1',
    '{"a":[1,2',
    '{"a":"b',
    '{"a":1}}',
    '[1, 2',
    '{"a":"```{}```',
    '```{"a":1',
  ])('refuses %j', (text) => {
    expect(() => parseJson(text, 'list')).toThrow(expect.objectContaining({ code: 'reply_not_json' }))
  })

  it('takes no longer over a long reply that opens a fence and never closes it', () => {
    const started = performance.now()
    expect(() => parseJson(`\`\`\`json${' '.repeat(300_000)}`, 'list')).toThrow('is not JSON')
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
