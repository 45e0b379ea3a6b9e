import { quote } from '../../quote.ts'
import { count, phrase } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { SPACE, strip } from '../python-text.ts'

/** `detectable_content:*` of IFEval. */
export const numberPlaceholders = defineInstruction({
  kind: 'detectable_content:number_placeholders',
  summary: 'At least so many placeholders in square brackets, such as [address].',
  schema: instruction('detectable_content:number_placeholders', { num_placeholders: count }),
  check(response, { num_placeholders }) {
    const number = response.split('\n').reduce((sum, line) => sum + countBracketed(line), 0)
    return {
      passed: number >= num_placeholders,
      expected: `at least ${num_placeholders} placeholders`,
      received: `${number} placeholders`,
    }
  },
})

function countBracketed(line: string): number {
  let count = 0
  let end = -1
  for (;;) {
    const start = line.indexOf('[', end + 1)
    end = start < 0 ? -1 : line.indexOf(']', start)
    if (end < 0) return count
    count++
  }
}

/** The two markers that the reference reads with gaps and, the second, without its last period. */
const MARKERS: Record<string, RegExp> = {
  'P.S.': new RegExp(`p\\.[${SPACE}]?s\\.`),
  'P.P.S': new RegExp(`p\\.[${SPACE}]?p\\.[${SPACE}]?s`),
}

export const postscript = defineInstruction({
  kind: 'detectable_content:postscript',
  summary: 'A postscript marker such as "P.S." occurs, in any case.',
  schema: instruction('detectable_content:postscript', { postscript_marker: phrase }),
  check(response, { postscript_marker }) {
    const marker = strip(postscript_marker)
    const text = response.toLowerCase()
    const known = Object.hasOwn(MARKERS, marker) ? MARKERS[marker] : undefined
    const passed = known ? known.test(text) : text.includes(marker.toLowerCase())
    return { passed, expected: `a postscript marked ${quote(marker)}`, received: passed ? 'one' : 'none' }
  },
})
