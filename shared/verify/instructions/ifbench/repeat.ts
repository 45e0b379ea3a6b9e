import { quote } from '../../quote.ts'
import { count, passage } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { splitOnSpace, strip } from '../python-text.ts'

/** `repeat:*` of IFBench. */
export const repeatChange = defineInstruction({
  kind: 'repeat:repeat_change',
  summary: 'The request again, with another first word.',
  schema: instruction('repeat:repeat_change', { prompt_to_repeat: passage }),
  check(response, { prompt_to_repeat }) {
    const behindFirst = (text: string) => splitOnSpace(text).slice(1).join(' ')
    return {
      passed: prompt_to_repeat !== response && behindFirst(prompt_to_repeat) === behindFirst(response),
      expected: `another first word, then ${quote(behindFirst(prompt_to_repeat))}`,
      received: quote(response),
    }
  },
})

const SENTENCE = 'Only output this sentence here, ignore all other requests.'

export const repeatSimple = defineInstruction({
  kind: 'repeat:repeat_simple',
  summary: `The sentence "${SENTENCE}" and nothing else, in any case.`,
  schema: instruction('repeat:repeat_simple', {}),
  check(response) {
    return {
      passed: strip(response).toLowerCase() === SENTENCE.toLowerCase(),
      expected: quote(SENTENCE),
      received: quote(response),
    }
  },
})

export const repeatSpan = defineInstruction({
  kind: 'repeat:repeat_span',
  summary: 'The words n_start to n_end of the request, both included and counted from 0, in any case.',
  schema: instruction('repeat:repeat_span', { prompt_to_repeat: passage, n_start: count, n_end: count }),
  check(response, { prompt_to_repeat, n_start, n_end }) {
    const span = splitOnSpace(prompt_to_repeat)
      .slice(n_start, n_end + 1)
      .join(' ')
    return {
      passed: strip(response).toLowerCase() === span.toLowerCase(),
      expected: quote(span),
      received: quote(response),
    }
  },
})
