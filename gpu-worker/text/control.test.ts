import { expect, test } from 'vitest'
import { controlPattern, disarm } from './control.ts'

test('no control string is left, also where they overlap', () => {
  for (const [text, control] of [
    ['abcab', ['ab', 'bc']],
    ['aaaa', ['aa']],
    ['<|x|>', ['<|x|>', '<|']],
    ['🚀🚀', ['🚀🚀']],
    ['a.c abc', ['a.c']],
  ] as const) {
    const safe = disarm(text, control, '\ue000')
    expect(control.some((entry) => safe.includes(entry))).toBe(false)
    expect(safe.replaceAll('\ue000', '')).toBe(text)
  }
})

test('other text is left alone', () => {
  expect(disarm('abc a.c', ['aXc'], '\ue000')).toBe('abc a.c')
  expect(disarm('anything', [], '\ue000')).toBe('anything')
})

test('the longest of the control strings is matched', () => {
  expect('x<|a|>y'.split(controlPattern(['<|', '<|a|>']))).toEqual(['x', '<|a|>', 'y'])
})
