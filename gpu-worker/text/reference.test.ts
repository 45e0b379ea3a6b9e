import { Tokenizer as Pipeline } from '@huggingface/tokenizers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Message } from '../../shared/protocol/message.ts'
import reference from '../../test/fixtures/tokenizers.json' with { type: 'json' }
import type { TokenizerFiles } from '../weights/checkpoint.ts'
import { ggufTokenizer } from '../weights/gguf/gguf-tokenizer.ts'
import { settingsOf } from '../weights/settings.ts'
import { createChat } from './chat.ts'
import { createTokenizer, type Tokenizer } from './tokenizer.ts'
import { wordCuts } from './word-cuts.ts'

/** Small tokenizers of the families' forms, against what Python's tokenizers and jinja2 make of the same files. */

type AddedToken = { id: number; content: string; special: boolean }
type Family = TokenizerFiles & {
  tokenizer: {
    model: { vocab: Record<string, number>; merges: (string | string[])[] }
    added_tokens: AddedToken[]
  }
  config: { chat_template: string; bos_token: string | null }
  cases: { text: string; ids: number[] }[]
  chats: { messages: Message[]; text: string; ids: number[] }[]
}
const FAMILIES = Object.entries<Family>(JSON.parse(JSON.stringify(reference.families)))

const opened = new Map(FAMILIES.map(([name, family]) => [name, createTokenizer(family)]))
const open = (name: string): Tokenizer => opened.get(name) ?? createTokenizer({ tokenizer: {}, config: {} })
const written = (tokenizer: Tokenizer, ids: readonly number[]) =>
  Buffer.concat(ids.map((id) => tokenizer.bytes(id))).toString('utf8')

/** The same tokenizer as a GGUF file would say it. */
function throughGguf(name: string, { tokenizer, config }: Family): TokenizerFiles {
  const { vocab, merges } = tokenizer.model
  const tokens = Object.keys(vocab).sort((a, b) => (vocab[a] ?? 0) - (vocab[b] ?? 0))
  const rank = new Map(
    merges.map((merge, i) => [typeof merge === 'string' ? merge.replace(' ', '') : merge.join(''), i]),
  )
  const types = tokens.map((token) => {
    const added = tokenizer.added_tokens.find(({ content }) => content === token)
    return added ? (added.special ? 3 : 4) : 1
  })
  const sentencePiece = name === 'gemma'
  const values = {
    'tokenizer.ggml.model': sentencePiece ? 'llama' : 'gpt2',
    'tokenizer.ggml.pre': sentencePiece ? 'default' : name,
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': types,
    'tokenizer.ggml.scores': tokens.map((token) => -(rank.get(token) ?? 1e6)),
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.add_space_prefix': false,
    'tokenizer.ggml.unknown_token_id': vocab['<unk>'] ?? 0,
    'tokenizer.ggml.bos_token_id': vocab[config.bos_token ?? ''] ?? null,
    'tokenizer.chat_template': config.chat_template,
  }
  return ggufTokenizer('x.gguf', settingsOf(values, 'x.gguf'))
}

test.for(FAMILIES)('%s: texts have their tokens, from either format', ([name, family]) => {
  const gguf = createTokenizer(throughGguf(name, family))
  for (const { text, ids } of family.cases) {
    expect([text, open(name).encode(text)]).toEqual([text, ids])
    expect([text, gguf.encode(text)]).toEqual([text, ids])
  }
})

test.for(FAMILIES)('%s: conversations are rendered and cut into tokens alike', ([name, family]) => {
  const files = [family, throughGguf(name, family)]
  for (const chat of files.map((given) => createChat(given, createTokenizer(given)))) {
    for (const { messages, ids } of family.chats) expect(chat(messages)).toEqual(ids)
  }
  for (const { ids, text } of family.chats) expect(written(open(name), ids)).toBe(text)
})

/** What could be cut wrongly: words, spaces, line breaks and marks in any order. */
const scraps = [
  'foo',
  'Bar',
  'é',
  'e\u0301',
  '東',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '1',
  '23',
  '.',
  '</',
  '>',
  "'ll",
  "'S",
]
const more = [
  '"',
  ' the',
  '\u00a0',
  '\u0301',
  '\u2581',
  '🚀',
  '_',
  '-',
  '٣',
  '²',
  '한',
  '\u1100',
  '\u1161',
  '<table>',
  '{',
  'I',
  '\ud800',
]
const prose = fc.array(fc.constantFrom(...scraps, ...more), { maxLength: 30 }).map((parts) => parts.join(''))

test.for(FAMILIES)('%s: pieces have the tokens of the whole, and are cut at words', ([name, family]) => {
  const tokenizer = open(name)
  const added_tokens = family.tokenizer.added_tokens.filter(({ content }) => !tokenizer.control.has(content))
  const plain = { ...family.tokenizer, post_processor: null, added_tokens }
  const whole = new Pipeline(plain, {})
  expect(wordCuts(plain)('one two\nthree, four')).toEqual(['one', ' two', '\nthree, four'])
  fc.assert(
    fc.property(prose, (text) => {
      expect(tokenizer.encode(text)).toEqual(text === '' ? [] : whole.encode(text).ids)
    }),
    { numRuns: 500 },
  )
})

test.for(FAMILIES)('%s: no text becomes a control token, and none is lost', ([name, { chats }]) => {
  const tokenizer = open(name)
  const names = [...tokenizer.control.keys()]
  expect(names.length).toBeGreaterThan(2)
  const ids = tokenizer.encode(names.join(' and '))
  expect(ids.filter(tokenizer.isControl)).toEqual([])
  expect(written(tokenizer, ids)).toBe(names.join(' and '))
  expect(chats.every((chat) => chat.ids.some(tokenizer.isControl))).toBe(true)
})

test('only what the template writes is control among added tokens of ordinary text', () => {
  const gemma = open('gemma')
  expect([...gemma.control.keys()]).not.toContain('<table>')
  expect(gemma.encode('<table>').length).toBe(1)
  const qwen = open('qwen2')
  expect(qwen.isControl(qwen.control.get('<think>') ?? -1)).toBe(true)
})

const [, qwen] = FAMILIES[0] ?? []
const changed = (changes: object) => ({ config: {}, tokenizer: { ...qwen?.tokenizer, ...changes } })
test.for<[string, object]>([
  ['words from a list', changed({ model: { type: 'WordLevel', vocab: { a: 0 } } })],
  ['neither bytes nor byte fallback', changed({ pre_tokenizer: null, decoder: null })],
  ['a step that is not known', changed({ normalizer: { type: 'Witchcraft' } })],
  ['no vocabulary', changed({ model: { type: 'BPE' } })],
])('%s: refused', ([, files]) => {
  const open = () => createTokenizer({ tokenizer: {}, config: {}, ...files })
  expect(open).toThrow(/^The model's tokenizer is none that can be read; use a model whose tokenizer\.json/)
})

test.for<[string, object]>([
  [
    'a space before each text',
    { normalizer: null, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } },
  ],
  [
    'another pattern',
    {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'Split', pattern: { Regex: '.' } }, { type: 'ByteLevel' }],
      },
    },
  ],
  ['lower case', { normalizer: { type: 'Lowercase' } }],
  ['a token that takes the space before it', { added_tokens: [{ id: 1, content: '<x>', lstrip: true }] }],
  ['an added token of two words', { added_tokens: [{ id: 1, content: 'of the' }] }],
])('%s: text is left whole', ([, changes]) => {
  expect(wordCuts(changed(changes).tokenizer)('one two')).toEqual(['one two'])
})

test('a SentencePiece vocabulary that spans words leaves text whole', () => {
  const [, gemma] = FAMILIES.find(([name]) => name === 'gemma') ?? []
  const vocab = { ...gemma?.tokenizer.model.vocab, 'of\u2581the': 2000 }
  const tokenizer = { ...gemma?.tokenizer, model: { ...gemma?.tokenizer.model, vocab }, added_tokens: [] }
  expect(wordCuts(tokenizer)('one two')).toEqual(['one two'])
})

test('a model without a template, and a conversation that it refuses, are said in one sentence', () => {
  const [, gemma] = FAMILIES.find(([name]) => name === 'gemma') ?? []
  if (!gemma) throw new Error('no gemma')
  const tokenizer = open('gemma')
  expect(() => createChat({ ...gemma, config: {} }, tokenizer)).toThrow(
    'has no chat template that can be read; use',
  )
  expect(() => createChat(gemma, tokenizer)([{ role: 'assistant', content: 'Hi' }])).toThrow(
    /refuses these messages \(Roles must take turns\); change their roles or order/,
  )
})
