import { describe, expect, it, test } from 'vitest'
import { findBadHole, type Namespaces, render } from './template.ts'

const namespaces: Namespaces = {
  sample: { output_text: 'four', output_json: { x: { y: [{ z: 1 }, null] } } },
  item: { label: '4', 'a b': 'spaced', größe: 5, nested: { list: ['a', 'b'] }, no: false, nothing: null },
}

describe('holes', () => {
  it.each([
    ['{{sample.output_text}}', 'four'],
    ['{{ sample.output_text }} = {{item.label}}', 'four = 4'],
    ['{{sample.output_json.x.y[0].z}}', '1'],
    ['{{sample.output_json.x.y[1]}}', 'null'],
    ['{{item["a b"]}}{{item[\'a b\']}}', 'spacedspaced'],
    ['{{item.größe}}', '5'],
    ['{{item.nested.list[1]}} {{item.nested}}', 'b {"list":["a","b"]}'],
    ['{{item.no}}', 'false'],
    ['{{item.nothing}}', 'null'],
    ['no hole', 'no hole'],
    ['{{ open, and a } and {x}', '{{ open, and a } and {x}'],
  ])('%s', (template, text) => {
    expect(render(template, namespaces)).toBe(text)
  })

  it.each([
    '{{item.missing}}',
    '{{item.label.length}}',
    '{{item.nested.list.length}}',
    '{{item.nested.list[2]}}',
    '{{item.__proto__}}',
    '{{item.constructor}}',
    '{{item.nested.toString}}',
    '{{other.x}}',
    '{{}}',
    '{{ 1 + 1 }}',
    '{{item.label || 1}}',
    '{{process.env}}',
    '{{item.label()}}',
  ])('%s is an invalid variable', (template) => {
    expect(() => render(template, namespaces)).toThrow(
      expect.objectContaining({ errors: { invalid_variable_error: true } }),
    )
  })

  it('a sample that is no JSON has no output_json', () => {
    const plain = { ...namespaces, sample: { output_text: 'x' } }
    expect(() => render('{{sample.output_json.x}}', plain)).toThrow(
      expect.objectContaining({ errors: { sample_parse_error: true } }),
    )
  })
})

test('what is filled in is never a template, a pattern or a replacement', () => {
  for (const hostile of ['{{item.label}}', '$&$1$`', '{{', '}}', '{{{{item.label}}}}', '\\1', '<script>']) {
    const filled = render('[{{sample.output_text}}]', { ...namespaces, sample: { output_text: hostile } })
    expect(filled).toBe(`[${hostile}]`)
  }
})

test('any text is rendered or refused, in linear time', () => {
  let state = 11
  const next = (most: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % most
  }
  const parts = [
    '{{',
    '}}',
    '{',
    '}',
    'item',
    'sample',
    '.',
    '[',
    ']',
    '0',
    '"',
    "'",
    'output_text',
    ' ',
    'label',
    '$',
    '\n',
  ]
  for (let round = 0; round < 3000; round++) {
    const template = Array.from({ length: next(24) }, () => parts[next(parts.length)]).join('')
    try {
      expect(typeof render(template, namespaces)).toBe('string')
      expect(findBadHole(template)).toBe(null)
    } catch (error) {
      expect(error).toMatchObject({ name: 'GraderFault' })
    }
  }
  const started = performance.now()
  for (const long of [
    '{{'.repeat(100_000),
    '{{item'.repeat(30_000),
    `{{item${'.a'.repeat(90_000)}}}`,
    `{{${' '.repeat(190_000)}x}}`,
  ]) {
    try {
      render(long, namespaces)
    } catch (error) {
      expect(error).toMatchObject({ name: 'GraderFault' })
    }
  }
  expect(performance.now() - started).toBeLessThan(2000)
})
