// The openai SDK for JavaScript: chat, its stream, responses, models, graders, a reward model in NVIDIA's style.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.env.CLIENT_FOLDER, 'package.json'))
const { default: OpenAI } = await import(require.resolve('openai'))
const { PLUMBLINE_ORIGIN: origin, PLUMBLINE_API_KEY: apiKey } = process.env
const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 })

const [entry] = (await client.models.list()).data
const messages = [{ role: 'user', content: 'Is water wet? Say yes or no.' }]
const completion = await client.chat.completions.create({ model: entry.id, messages, max_tokens: 3 })
assert.ok(completion.usage.total_tokens > 0 && completion.choices[0].finish_reason)
let text = ''
for await (const piece of await client.chat.completions.create({
  model: entry.id,
  messages,
  max_tokens: 5,
  stream: true,
})) {
  text += piece.choices[0]?.delta?.content ?? ''
}
assert.ok(text.length > 0)
console.log(`- chat of ${entry.id}, whole and as a stream`)

const response = await client.responses.create({
  model: entry.id,
  input: 'Name a colour.',
  max_output_tokens: 8,
})
assert.ok(response.output_text.length > 0)
console.log('- a response')

const grader = {
  type: 'text_similarity',
  name: 'near',
  input: '{{sample.output_text}}',
  reference: '{{item.label}}',
  evaluation_metric: 'fuzzy_match',
}
const graded = await client.fineTuning.alpha.graders.run({
  grader,
  model_sample: 'Paris!',
  item: { label: 'Paris' },
})
assert.ok(graded.reward > 0.5 && graded.reward < 1)
console.log(`- a text_similarity grader: ${graded.reward}`)

const rewards = new OpenAI({ baseURL: `${origin}/inference/nvidia/v1`, apiKey, maxRetries: 0 })
const rewarded = await rewards.chat.completions.create({
  model: 'reward',
  messages: [
    { role: 'user', content: '2+2?' },
    { role: 'assistant', content: '4' },
  ],
})
const [named] = rewarded.choices[0].logprobs.content
const written = Number(rewarded.choices[0].message.content.split('reward:')[1])
assert.ok(Math.abs(written - named.logprob) < 1e-6)
console.log(`- a reward model in NVIDIA's style: ${rewarded.choices[0].message.content}`)

const tokenless = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'EMPTY', maxRetries: 0 })
await assert.rejects(tokenless.models.list(), { status: 401 })
console.log("- a key 'EMPTY' is none: 401")
