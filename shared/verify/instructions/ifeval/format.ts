import { count, phrase } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { isBlank, SPACE, strip, stripEnd, stripStart } from '../python-text.ts'
import { countBullets } from './bullets.ts'
import { isPythonJson } from './python-json.ts'

/** `detectable_format:*` of IFEval. */
export const numberBulletLists = defineInstruction({
  kind: 'detectable_format:number_bullet_lists',
  summary: 'Exactly so many lines that begin with * or -.',
  schema: instruction('detectable_format:number_bullet_lists', { num_bullets: count }),
  check(response, { num_bullets }) {
    const number = countBullets(response, '*') + countBullets(response, '-')
    return {
      passed: number === num_bullets,
      expected: `${num_bullets} bullets`,
      received: `${number} bullets`,
    }
  },
})

const ANSWERS = ['My answer is yes.', 'My answer is no.', 'My answer is maybe.']

export const constrainedResponse = defineInstruction({
  kind: 'detectable_format:constrained_response',
  summary: 'One of "My answer is yes.", "My answer is no." and "My answer is maybe." occurs.',
  schema: instruction('detectable_format:constrained_response', {}),
  check(response) {
    const given = ANSWERS.find((answer) => response.includes(answer))
    return { passed: given !== undefined, expected: `one of ${ANSWERS.join(' ')}`, received: given ?? 'none' }
  },
})

export const numberHighlightedSections = defineInstruction({
  kind: 'detectable_format:number_highlighted_sections',
  summary: 'At least so many parts highlighted as *this* or **this**.',
  schema: instruction('detectable_format:number_highlighted_sections', { num_highlights: count }),
  check(response, { num_highlights }) {
    const single = response.match(/\*[^\n*]*\*/g) ?? []
    const double = response.match(/\*\*[^\n*]*\*\*/g) ?? []
    const filled = [...single, ...double].filter((part) => !isBlank(strip(part, '*')))
    return {
      passed: filled.length >= num_highlights,
      expected: `at least ${num_highlights} highlights`,
      received: `${filled.length} highlights`,
    }
  },
})

export const multipleSections = defineInstruction({
  kind: 'detectable_format:multiple_sections',
  summary: 'At least so many sections, each marked by a word and a number.',
  schema: instruction('detectable_format:multiple_sections', {
    section_spliter: phrase,
    num_sections: count,
  }),
  check(response, spec) {
    const mark = strip(spec.section_spliter)
    const number = countNumbered(response, mark)
    return {
      passed: number >= spec.num_sections,
      expected: `at least ${spec.num_sections} sections marked ${mark} 1, ${mark} 2, ...`,
      received: `${number} sections`,
    }
  },
})

const NUMBER = new RegExp(`[${SPACE}]?\\p{Nd}+`, 'uy')

function countNumbered(text: string, mark: string): number {
  let count = 0
  let at = text.indexOf(mark)
  while (at >= 0 && at < text.length) {
    NUMBER.lastIndex = at + mark.length
    const numbered = NUMBER.test(text)
    if (numbered) count++
    at = text.indexOf(mark, numbered ? NUMBER.lastIndex : at + 1)
  }
  return count
}

const FENCE = /^```(?:json|Json|JSON)?/

export const jsonFormat = defineInstruction({
  kind: 'detectable_format:json_format',
  summary: 'The whole response is JSON, in a Markdown fence or not.',
  schema: instruction('detectable_format:json_format', {}),
  check(response) {
    const inside = strip(strip(response).replace(FENCE, '').replace(/```$/, ''))
    const passed = isPythonJson(inside)
    return { passed, expected: 'JSON and nothing else', received: passed ? 'JSON' : 'something else' }
  },
})

export const title = defineInstruction({
  kind: 'detectable_format:title',
  summary: 'A title in double angular brackets, <<like this>>, on one line.',
  schema: instruction('detectable_format:title', {}),
  check(response) {
    const passed = response.split('\n').some(hasTitle)
    return { passed, expected: 'a title as <<title>>', received: passed ? 'a title' : 'no title' }
  },
})

function hasTitle(line: string): boolean {
  const start = line.indexOf('<<')
  const end = line.lastIndexOf('>>')
  if (start < 0 || end < start + 3) return false
  return !isBlank(stripEnd(stripStart(line.slice(start, end + 2), '<'), '>'))
}
