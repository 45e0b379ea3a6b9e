import type { Chat } from '../../gpu-worker/text/chat.ts'
import type { Tokenizer } from '../../gpu-worker/text/tokenizer.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { textOf } from './text.ts'

/** Sizes in tokens, the chat template's own counted in: with `shared` what it begins with, with a criterion how it ends. */
export type Sizes = { shared: number; response: number; criterion: number; criteria: number }

/** The workload of the published figures. */
export const SIZES: Sizes = { shared: 200, response: 400, criterion: 30, criteria: 10 }

export const CHOICES = ['A', 'B']

/** What a judge asks: for each pair, in both orders, each criterion after the same texts. */
export type Workload = {
  questions: Message[][]
  /** Of each question, as the model reads it. */
  prompts: number[][]
  /** Tokens of all prompts, and those left when what prompts begin with alike is counted once. */
  naiveTokens: number
  trieTokens: number
}

/** A pair judged: `criteria` questions in each order, the responses physically swapped. */
export function pairWorkload(speech: Speech, sizes: Sizes, name = 'pair'): Workload {
  const [first, second] = ['first', 'second'].map((which) =>
    textOf(speech.tokenizer, sizes.response, `${name} ${which}`),
  )
  return workload(speech, sizes, [[first ?? '', second ?? '']], name)
}

/** Every response of a group compared with one anchor. */
export function groupWorkload(speech: Speech, sizes: Sizes, responses: number, name = 'group'): Workload {
  const text = (which: string) => textOf(speech.tokenizer, sizes.response, `${name} ${which}`)
  const anchor = text('anchor')
  const pairs = Array.from({ length: responses }, (_, i): Pair => [anchor, text(`response ${i}`)])
  return workload(speech, sizes, pairs, name)
}

/** How a model reads text. */
export type Speech = { tokenizer: Tokenizer; chat: Chat }
type Pair = readonly [string, string]

function workload({ tokenizer, chat }: Speech, sizes: Sizes, pairs: readonly Pair[], name: string): Workload {
  const { head, tail } = templateTokens(chat)
  const shared = textOf(tokenizer, sizes.shared - head, `${name} shared`)
  const criteria = Array.from({ length: sizes.criteria }, (_, i) =>
    textOf(tokenizer, sizes.criterion - tail, `${name} criterion ${i}`),
  )
  const questions = pairs.flatMap(([first, second]) =>
    [first + second, second + first].flatMap((responses) =>
      criteria.map((criterion): Message[] => [{ role: 'user', content: shared + responses + criterion }]),
    ),
  )
  const prompts = questions.map((messages) => chat(messages))
  const length = sizes.shared + 2 * sizes.response + sizes.criterion
  const odd = prompts.find((prompt) => prompt.length !== length)
  if (odd) throw new Error(`A prompt of the workload has ${odd.length} tokens instead of ${length}.`)
  return {
    questions,
    prompts,
    naiveTokens: prompts.length * length,
    trieTokens: countTrie(prompts),
  }
}

/** How many tokens the chat template writes before and after a user's message. */
function templateTokens(chat: Chat): { head: number; tail: number } {
  const [one = [], other = []] = ['Alpha', 'Beta'].map((content) => chat([{ role: 'user', content }]))
  return { head: alike(one, other), tail: alike(one.toReversed(), other.toReversed()) }
}

/** How many tokens both begin with. */
function alike(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((token, i) => token !== other[i])
  return at < 0 ? one.length : at
}

/** Nodes of the trie of the sequences: tokens after shared beginnings. */
export function countTrie(sequences: readonly (readonly number[])[]): number {
  const sorted = sequences.toSorted(compare)
  return sorted.reduce((sum, sequence, i) => {
    return sum + sequence.length - alike(sequence, sorted[i - 1] ?? [])
  }, 0)
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = alike(a, b)
  return (a[at] ?? -1) - (b[at] ?? -1)
}
