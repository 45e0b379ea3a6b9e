import { expect, test } from 'vitest'
import { readPreference } from './dpo.ts'
import { readTrainingLines } from './lines.ts'
import { readConversation } from './supervised.ts'

const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n')
const user = { role: 'user', content: 'Hello?' }
const reply = (content: string, weight?: number) => ({
  role: 'assistant',
  content,
  ...(weight !== undefined && { weight }),
})

test('conversations are read a line each', () => {
  const file = `\uFEFF${lines({ messages: [user, reply('Hi.', 0), user, reply('Yes.')] })}\r\n\n`
  expect(readTrainingLines(readConversation, file)).toEqual([
    { messages: [user, reply('Hi.', 0), user, reply('Yes.')] },
  ])
})

test('preferences are read in three forms', () => {
  const same = { prompt: [user], preferred: 'Good.', other: 'Bad.' }
  const file = lines(
    {
      input: { messages: [user], tools: [] },
      preferred_output: [reply('Good.')],
      non_preferred_output: [reply('Bad.')],
    },
    { prompt: 'Hello?', responses: ['Bad.', 'Good.'], winner: 'second', source: 'here' },
    { prompt: [user], responses: ['Good.', 'Bad.'], label: 'first' },
    { prompt: 'Hello?', chosen: 'Good.', rejected: 'Bad.' },
    { prompt: [user], chosen: [reply('Good.')], rejected: [reply('Bad.')] },
  )
  expect(readTrainingLines(readPreference, file)).toEqual([same, same, same, same, same])
})

const good = { messages: [user, reply('Hi.')] }
test.for<[unknown, RegExp]>([
  [{ messages: [] }, /^Line 2 of the training file: 'messages' must hold a message/],
  [{ messages: [user] }, /'messages' holds no turn of the assistant to learn/],
  [{ messages: [user, reply('Hi.', 0)] }, /'messages' holds no turn of the assistant to learn/],
  [
    { messages: [{ ...user, weight: 1 }, reply('Hi.')] },
    /gives a weight to a turn that is not the assistant's/,
  ],
  [{ messages: [user, reply('Hi.', 0.5)] }, /'messages\.1\.weight' must be/],
  [{ messages: [user, { ...reply('x'), tool_calls: [] }] }, /Unknown field 'messages\.1\.tool_calls'/],
  [{ messages: [{ role: 'human', content: 'x' }] }, /'messages\.0\.role' must be one of "system"/],
  [[], /'messages' must be|must be an object/],
  ['text', /Line 2 of the training file is not a JSON object/],
])('%o: refused with its line and field', ([value, sentence]) => {
  expect(() => readTrainingLines(readConversation, lines(good, value))).toThrow(sentence)
})

test('what is no JSON, and a file of nothing', () => {
  expect(() => readTrainingLines(readConversation, '{')).toThrow(/Line 1 of the training file is not a JSON/)
  expect(() => readTrainingLines(readConversation, '\n \n')).toThrow(/holds no example/)
})

test.for<[object, RegExp]>([
  [{ prompt: 'x', responses: ['a', 'b'] }, /'winner' or label is needed/],
  [{ prompt: 'x', responses: ['a'], winner: 'first' }, /'responses' must hold exactly two/],
  [{ prompt: 'x', responses: ['a', 'b'], winner: 'tie' }, /'winner' must be one of "first", "second"/],
  [{ prompt: 'x', chosen: 'a' }, /'rejected' must be/],
  [{ input: { messages: [user] }, preferred_output: [reply('a')] }, /'non_preferred_output' must be/],
])('%o: refused by the form that it comes nearest to', ([value, sentence]) => {
  expect(() => readTrainingLines(readPreference, lines(value))).toThrow(sentence)
})
