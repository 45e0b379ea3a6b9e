import { describe, expect, it } from 'vitest'
import { withoutThoughts } from './thoughts.ts'

describe('thoughts', () => {
  it.each([
    ['none', 'Answer', 'Answer'],
    ['none, but a word of them', 'Answer <think>x</think>', 'Answer <think>x</think>'],
    ['empty ones', '<think>\n\n</think>\n\nAnswer', '\n\nAnswer'],
    ['some', ' <think>x</think>Answer</think>', 'Answer</think>'],
    ['some without an end', '<think>\nWinner: Response A', ''],
  ])('%s', (_name, text, answer) => expect(withoutThoughts(text)).toBe(answer))
})
