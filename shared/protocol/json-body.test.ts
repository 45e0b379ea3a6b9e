import { expect, test } from 'vitest'
import { parseBody } from './json-body.ts'

const limits = { textCharacters: 1000, depth: 8 }
const messageOf = (text: string) => {
  try {
    return JSON.stringify(parseBody(text, limits))
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

test.each([
  ['{"labels": [NaN]}', 'NaN'],
  ['{"labels": [1, -Infinity]}', '-Infinity'],
  ['{"say \\"NaN\\\\": 1, "label": Infinity}', 'Infinity'],
  ['NaN', 'NaN'],
])('a bare number of Python is named: %s', (text, number) => {
  expect(messageOf(text)).toBe(
    `The body holds a bare ${number}, which Python's json writes and JSON does not have: send a finite number or null.`,
  )
})

test.each(['{"a": "NaN", "b": [: NaNs]', '{"a": "[NaN', '{"a": "\\', 'nan', '{"NaN": nope}'])(
  'other text that is no JSON is not: %s',
  (text) => {
    expect(messageOf(text)).toBe('The body is not valid JSON: send a JSON object.')
  },
)

test('a string that says so is a string', () => {
  expect(messageOf('{"label": "[NaN]"}')).toBe('{"label":"[NaN]"}')
})

test.each(['"', '\\', '[NaNs,', '{"a": "\\"'])(
  'sixteen million characters of %j are read in a moment',
  (part) => {
    const began = performance.now()
    expect(messageOf(`{"a": ${part.repeat(16_000_000 / part.length)}`)).toContain('The body')
    expect(performance.now() - began).toBeLessThan(5000)
  },
)
