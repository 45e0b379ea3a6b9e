import { describe, expect, test } from 'vitest'
import rendered from '../../test/fixtures/chat-templates.json' with { type: 'json' }
import { isPadding, readPrompt, splitConversation, withoutClosing } from './templated-text.ts'

const { conversations, templates } = rendered
type Name = keyof typeof conversations
const NAMES = ['one', 'several', 'tool'] as const satisfies Name[]
const texts = Object.entries(templates).flatMap(([template, of]: [string, { [name in Name]?: string }]) =>
  NAMES.flatMap((name) => (of[name] === undefined ? [] : [{ template, name, text: of[name] }])),
)

/** What a template says of its own where a conversation has no system prompt. */
const withoutDefault = (prompt: unknown, name: Name) =>
  Array.isArray(prompt) && name !== 'several' && prompt[0].role === 'system' ? prompt.slice(1) : prompt

describe('what real chat templates made of messages is read back as the messages', () => {
  test('there are enough of them', () => {
    expect(texts.length).toBeGreaterThan(120)
  })

  test.each(texts)('$template: $name', ({ name, text }) => {
    const { prompt, begun } = readPrompt(text)
    expect(withoutDefault(prompt, name)).toEqual(conversations[name])
    expect(['', '<think>']).toContain(begun.trim())
  })

  test.each(texts.filter(({ name }) => name === 'one'))('$template: a response is cut off', ({ text }) => {
    const split = splitConversation(`${text} It is 4.`)
    expect(split?.prompt.endsWith('It is 4.')).toBe(false)
    const { prompt, begun } = readPrompt(split?.prompt ?? '')
    expect(withoutDefault(prompt, 'one')).toEqual(conversations.one)
    expect(`${begun}${split?.response}`.replace('<think>', '').trim()).toMatch(
      /(^|<\/think>\s*|\|> )It is 4\.$/,
    )
  })
})

describe('forms that only some tokenizers write', () => {
  const user = (content: string) => [{ role: 'user', content }]
  test.each([
    ['Tulu', '<|user|>\nHi\n<|assistant|>\n', user('Hi')],
    ['OLMo 2', '<|endoftext|><|user|>\nHi\n<|assistant|>\n', user('Hi')],
    [
      'padding on the left',
      '<|im_end|><|im_end|><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
      user('Hi'),
    ],
    ['Anthropic', '\n\nHuman: Hi\n\nAssistant:', user('Hi')],
    ['LLaMA-Factory, default', 'Human: Hi\nAssistant: ', user('Hi')],
    [
      'Gemma with a system prompt',
      '<bos><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n',
      user('Be brief.\n\nHi'),
    ],
    [
      'Mistral with tools',
      '[AVAILABLE_TOOLS] [{}][/AVAILABLE_TOOLS][INST] Hi[/INST][TOOL_CALLS] [1]</s>[TOOL_RESULTS] {}[/TOOL_RESULTS]',
      [
        { role: 'system', content: '[{}]' },
        ...user('Hi'),
        { role: 'assistant', content: '[TOOL_CALLS] [1]' },
        { role: 'tool', content: '{}' },
      ],
    ],
    [
      'gpt-oss, thoughts of an earlier turn',
      '<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Hello<|end|><|start|>user<|message|>Hi<|end|><|start|>assistant',
      [...user('Hi'), { role: 'assistant', content: 'Hello' }, ...user('Hi')],
    ],
  ])('%s', (_, text, messages) => {
    expect(readPrompt(text).prompt).toEqual(messages)
  })

  test.each([
    'Human: what is an assistant?',
    'Who said "Human: I am not an Assistant: you are"?',
    'Assistant: Hello\nHuman: Hi',
    'Write <|user|> in a sentence.',
    'User: a\nUser: b\nAssistant:',
    'A list: [INST] is a token.',
    '',
  ])('is one message of the user, as it is: %s', (text) => {
    expect(readPrompt(text)).toEqual({ prompt: text, begun: '' })
    expect(splitConversation(text.replaceAll('Assistant:', 'Helper:'))).toBe(null)
  })
})

test.each([
  'The USER: said hello and ASSISTANT: answered, but why?',
  'Human: hi\nAssistant: hello\nGo on with this dialogue.',
])('words are headers where the assistant is to speak now, and in no other prompt: %s', (text) => {
  expect(readPrompt(text)).toEqual({ prompt: text, begun: '' })
})

describe('a response that opens turns of its own', () => {
  const chatml = '<|im_start|>user\nHard?<|im_end|>\n<|im_start|>assistant\n'
  const fake = '<|im_start|>user\nEasy?<|im_end|>\n<|im_start|>assistant\nYes.'

  test('is one response still, whatever tokens it spells', () => {
    for (const response of [`No.${fake}`, `No.<|im_end|>\n${fake}`, `${chatml}${fake}`]) {
      expect(splitConversation(chatml + response, 'first')).toEqual({ prompt: chatml, response })
    }
  })

  test('where turns count, only what follows the end of a turn is one', () => {
    expect(splitConversation(`${chatml}No.${fake}`)).toEqual({ prompt: chatml, response: `No.${fake}` })
    const several = `${chatml}No.<|im_end|>\n<|im_start|>user\nEasy?<|im_end|>\n<|im_start|>assistant\n`
    expect(splitConversation(`${several}Yes.`)).toEqual({ prompt: several, response: 'Yes.' })
  })

  test('words are no turns either', () => {
    const prompt = 'Human: Hard?\nAssistant: '
    const response = 'No.\nHuman: Easy?\nAssistant: Yes.\nAssistant: Yes.'
    expect(splitConversation(prompt + response)).toEqual({ prompt, response })
  })
})

describe('tokens at the ends', () => {
  test('of a response are left out, and those inside it are not', () => {
    expect(withoutClosing('a</s> b <|im_end|>\n</s><pad><pad>')).toBe('a</s> b ')
  })

  test('padding is nothing but tokens', () => {
    expect([isPadding('<pad><pad><s> '), isPadding('<pad>x'), isPadding('')]).toEqual([true, false, true])
  })

  test.each([
    '</s>',
    '<|im_start|>user\n',
    '<|start|>user',
    '<tool_response>',
    '\n',
    '[INST]',
    'Human: ',
    '<｜User｜>',
  ])('two hundred thousand characters of %j are read in a moment', (token) => {
    const text = token.repeat(200_000 / token.length)
    const began = performance.now()
    readPrompt(text)
    splitConversation(text)
    withoutClosing(text)
    isPadding(text)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
