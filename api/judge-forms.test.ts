import { describe, expect, it } from 'vitest'
import {
  alone,
  bad,
  bench,
  CHAT,
  conversation,
  good,
  graded,
  models,
  put,
  question,
  schemaOf,
  scored,
  system,
  TWO,
  told,
  user,
} from './testing/judge-prompts.ts'
import { openTestApp } from './testing/test-app.ts'

describe('the form of a verdict', () => {
  it.each([
    [
      'a pair in JSON',
      'openrs',
      { messages: user(put(bad, good)) },
      /Response 2 of 2 is better[\s\S]*Verdict: B$/,
    ],
    ['a pair in JSON, directly', 'direct', { messages: user(put(good, bad)) }, /Verdict: A$/],
    ['a pair by a rubric of the prompt', 'rubric-arm', { messages: user(put(good, bad)) }, /Verdict: A$/],
    [
      'a pair in a field',
      'openrs',
      { messages: user(question), plumbline: { responses: [bad, good], orders: 'mean' } },
      /Verdict: B$/,
    ],
    [
      'a pair by roles',
      'openrs',
      {
        messages: [
          ...user(question),
          { role: 'response_1', content: good },
          { role: 'response_2', content: bad },
        ],
      },
      /^\{"score_1":[45],"score_2":[12],"ranking":[12]\}$/,
    ],
    ['a conversation', 'pointwise', { messages: scored(good) }, /reward:0\.\d+$|reward:1$/],
    ['a conversation', 'openrs', { messages: scored(good) }, /by pointwise[\s\S]*reward:/],
    ['pairs one by one', 'pointwise', { messages: user(put(bad, good)) }, /Verdict: B$/],
    [
      'more than two',
      'openrs',
      { messages: user(put(bad, good, bad)) },
      /^Response 2 of 3[\s\S]*Verdict: B$/,
    ],
    ['RewardBench', 'openrs', { messages: told(TWO, bench(bad, good)), max_tokens: 2048 }, /\[\[B\]\]$/],
    [
      'MT-Bench, no difference',
      'openrs',
      { messages: told(`${TWO}, "[[C]]" for a tie`, bench(bad, bad)) },
      /\[\[C\]\]$/,
    ],
    [
      'RewardBench 2',
      'openrs',
      { messages: told('Output "[[A]]", "[[B]]", "[[C]]" or "[[D]]".', bench(bad, bad, good, bad)) },
      /\[\[C\]\]$/,
    ],
    [
      'RewardBench 2 ratings',
      'pointwise',
      {
        messages: user(
          `Rate on a scale of 1 to 10, and only give a number.\n\n[Query]\n${question}\n\n[Response]\n${good}\n\n[Your judgement]`,
        ),
      },
      /\n\n10$/,
    ],
    [
      'a scale of its own',
      'pointwise',
      { messages: told('In 1-2 sentences, rate it on a scale of 0 to 4 as "[[rating]]".', alone(good)) },
      /\[\[4\]\]$/,
    ],
    [
      'MT-Bench ratings',
      'pointwise',
      { messages: told('Rate 1 to 10 as "[[5]]".', alone(good)) },
      /\[\[\d+\]\]$/,
    ],
    [
      'RewardBench, two conversations',
      'openrs',
      {
        messages: told(TWO, ['A', 'B'].map((at) => conversation(at, at === 'A' ? bad : good)).join('\n\n\n')),
      },
      /\[\[B\]\]$/,
    ],
    ['AlpacaEval', 'openrs', { messages: user(models(bad, good)), max_tokens: 1 }, /^M$/],
    [
      'TRL',
      'openrs',
      { messages: user(models(good, bad).replace('"m"', '"0"').replace('"M"', '"1"')), max_tokens: 1 },
      /^0$/,
    ],
    [
      'promptfoo select-best',
      'openrs',
      {
        messages: system(
          `Which is best?\n<Text index="0">\n${bad}\n</Text>\n<Text index="1">\n${good}\n</Text>\nOutput a single integer.`,
        ),
      },
      /^1$/,
    ],
    [
      'inspect',
      'pointwise',
      { messages: user(`${graded(good)}End with 'GRADE: C' or 'GRADE: I'.`) },
      /GRADE: [CI]$/,
    ],
    [
      'closed questions',
      'pointwise',
      { messages: system(`${graded(good)}Print only "Y" or "N".`) },
      /^[YN]$/,
    ],
    [
      'promptfoo llm-rubric',
      'pointwise',
      {
        messages: told(
          'Answer in JSON: reason, pass, score.',
          `<Output>\n${good}\n</Output>\n<Rubric>\nIs GOOD\n</Rubric>`,
        ),
      },
      /^\{"reason":".*","pass":(true|false),"score":[\d.]+\}$/,
    ],
    [
      'a schema for a score',
      'pointwise',
      {
        messages: scored(good),
        response_format: schemaOf({
          reasoning: { type: 'string' },
          score: { type: 'integer', minimum: 0, maximum: 10 },
        }),
      },
      /^\{"reasoning":".*","score":\d+\}$/,
    ],
    [
      'a schema for a winner',
      'openrs',
      { messages: user(put(bad, good)), response_format: schemaOf({ winner: { enum: ['A', 'B', 'tie'] } }) },
      /^\{"winner":"B"\}$/,
    ],
    [
      'NeMo-Gym comparisons',
      'openrs',
      {
        messages: user(put(good, bad)),
        response_format: schemaOf({
          score_1: { type: 'integer' },
          score_2: { type: 'integer' },
          ranking: { type: 'integer' },
        }),
      },
      /^\{"score_1":[45],"score_2":[12],"ranking":[12]\}$/,
    ],
  ])('says its verdict on %s (%s) as it is asked', async (_, judge, body, form) => {
    const { ask } = await openTestApp()
    const answer = await ask(CHAT, { model: `plumbline/${judge}`, ...body })
    expect(answer.choices?.[0].message.content, JSON.stringify(answer)).toMatch(form)
    expect(answer.choices[0].finish_reason).toBe('stop')
    expect(answer.plumbline.judgments[0]).toMatch(/^jdg_/)
    expect(answer.usage.total_tokens).toBeGreaterThanOrEqual(0)
  })
})
