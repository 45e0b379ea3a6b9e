import { expect, test } from 'vitest'
import { type Conversation, readConversation } from '../../../shared/protocol/training/supervised.ts'
import { conversationTexts, type Writing } from './conversation-texts.ts'

/** A word is a token: its letters. A turn ends with `.`, the model's begins with `A:`. */
const words: string[] = []
const code = (word: string) => (words.includes(word) ? words.indexOf(word) : words.push(word) - 1)
const plain: Writing = {
  prompt: (messages) => [
    ...messages.flatMap(({ role, content }) => [
      code(`${role[0]?.toUpperCase()}:`),
      ...encode(content),
      code('.'),
    ]),
    code('A:'),
  ],
  encode,
  end: code('.'),
}
function encode(text: string): number[] {
  return text.split(' ').map(code)
}

/** What is learnt stands in brackets. */
function shown(conversation: Conversation, writing = plain): string[] {
  return conversationTexts(conversation, writing).map(({ tokens, learnt }) =>
    tokens.map((token, i) => (learnt[i] ? `[${words[token]}]` : words[token])).join(' '),
  )
}
const talk = (...turns: [role: string, content: string, weight?: number][]) =>
  readConversation({
    messages: turns.map(([role, content, weight]) => ({
      role,
      content,
      ...(weight !== undefined && { weight }),
    })),
  })

test('the assistant is learnt with the end of its turn, the others are context', () => {
  expect(shown(talk(['system', 'be kind'], ['user', 'hi you'], ['assistant', 'hello']))).toEqual([
    'S: be kind . U: hi you . A: [hello] [.]',
  ])
})

test('turns that go on from each other share a text, and a weight of 0 is context', () => {
  const first: [string, string][] = [
    ['user', 'one'],
    ['assistant', 'two'],
  ]
  expect(shown(talk(...first, ['user', 'three'], ['assistant', 'four']))).toEqual([
    'U: one . A: [two] [.] U: three . A: [four] [.]',
  ])
  expect(
    shown(talk(['user', 'one'], ['assistant', 'two', 0], ['user', 'three'], ['assistant', 'four', 1])),
  ).toEqual(['U: one . A: two . U: three . A: [four] [.]'])
  expect(shown(talk(...first, ['user', 'three']))).toEqual(['U: one . A: [two] [.]'])
})

test('turns that a template shows otherwise later have a text each', () => {
  const thinking: Writing = {
    ...plain,
    prompt: (messages) => [...plain.prompt(messages), code('(quiet)')],
  }
  expect(
    shown(talk(['user', 'one'], ['assistant', 'two'], ['user', 'three'], ['assistant', 'four']), thinking),
  ).toEqual(['U: one . A: (quiet) [two] [.]', 'U: one . A: two . U: three . A: (quiet) [four] [.]'])
})
