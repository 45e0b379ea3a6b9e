import { expect, test } from 'vitest'
import * as z from 'zod'
import { parseWith } from './parse.ts'
import { name, text } from './text.ts'

const schema = z.strictObject({
  count: z.int().min(1).max(3).optional(),
  kind: z.enum(['one', 'two']).optional(),
  list: z
    .array(z.strictObject({ name: text }))
    .max(2)
    .optional(),
  either: z.union([text, z.array(z.strictObject({ name: text })).max(2)]).optional(),
  many: z.enum(Array.from({ length: 40 }, (_, index) => `name-${index}`)).optional(),
  classes: z.record(name, z.number()).optional(),
  word: z
    .string()
    .refine((word) => word !== 'taken', { message: 'is taken', params: { code: 'invalid_rubric' } })
    .optional(),
})

test.each([
  [5, 'invalid_request', undefined, 'The body must be an object.'],
  [{ count: '1' }, 'invalid_request', 'count', "'count' must be a number."],
  [{ count: 1.5 }, 'invalid_request', 'count', "'count' must be a whole number."],
  [{ count: 0 }, 'invalid_request', 'count', "'count' must be at least 1."],
  [{ count: 9 }, 'invalid_request', 'count', "'count' must be at most 3."],
  [{ kind: 'three' }, 'invalid_request', 'kind', `'kind' must be one of "one", "two".`],
  [{ extra: 1 }, 'unknown_field', 'extra', "Unknown field 'extra': remove it."],
  [{ list: [{ name: 'a', x: 1 }] }, 'unknown_field', 'list.0.x', "Unknown field 'list.0.x': remove it."],
  [{ list: [{ name: '' }] }, 'invalid_request', 'list.0.name', "'list.0.name' must not be empty."],
  [{ list: [1, 2, 3] }, 'invalid_request', 'list', "'list' must be at most 2 items long."],
  [{ either: 5 }, 'invalid_request', 'either', "'either' must be a string or an array."],
  [
    { either: Array(3).fill({ name: 'a' }) },
    'invalid_request',
    'either',
    "'either' must be at most 2 items long.",
  ],
  [{ either: [{ name: 5 }] }, 'invalid_request', 'either.0.name', "'either.0.name' must be a string."],
  [
    { either: '\ud800' },
    'invalid_text',
    'either',
    "'either' holds a lone surrogate: send well-formed Unicode.",
  ],
  [
    { many: 'nmae-39' },
    'invalid_request',
    'many',
    `'many' must be one of the 40 that the documentation lists, such as "name-39", "name-3", "name-9".`,
  ],
  [
    { classes: { 'a b': 1 } },
    'invalid_request',
    'classes.a b',
    "'classes.a b' is a name that can't be used: it must be a short name: up to 128 letters, digits and . _ : / @ -.",
  ],
  [
    { ['x'.repeat(9999)]: 1 },
    'unknown_field',
    `${'x'.repeat(255)}…`,
    `Unknown field '${'x'.repeat(255)}…': remove it.`,
  ],
  [{ word: 'taken' }, 'invalid_rubric', 'word', "'word' is taken."],
])('%j', (value, code, param, message) => {
  expect(() => parseWith(schema, value)).toThrow(expect.objectContaining({ code, param, message }))
})
