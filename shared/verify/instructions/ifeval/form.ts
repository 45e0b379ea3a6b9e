import { quote } from '../../quote.ts'
import { passage, phrase } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { isBlank, strip } from '../python-text.ts'

/** `combination:*`, `startend:*` and `punctuation:*` of IFEval. */
export const repeatPrompt = defineInstruction({
  kind: 'combination:repeat_prompt',
  summary: 'The response begins with the request, word for word, in any case.',
  schema: instruction('combination:repeat_prompt', { prompt_to_repeat: passage }),
  check(response, { prompt_to_repeat }) {
    const wanted = strip(prompt_to_repeat)
    return {
      passed: strip(response).toLowerCase().startsWith(wanted.toLowerCase()),
      expected: `begins with ${quote(wanted)}`,
      received: quote(strip(response)),
    }
  },
})

export const twoResponses = defineInstruction({
  kind: 'combination:two_responses',
  summary: 'Two different responses, divided by ******.',
  schema: instruction('combination:two_responses', {}),
  check(response) {
    const parts = response.split('******')
    const filled = parts.map((part) => strip(part)).filter((part) => part !== '')
    const empty = parts.slice(1, -1).some(isBlank)
    return {
      passed: !empty && filled.length === 2 && filled[0] !== filled[1],
      expected: 'two different responses divided by ******',
      received: empty ? 'an empty response' : `${filled.length} responses`,
    }
  },
})

export const endChecker = defineInstruction({
  kind: 'startend:end_checker',
  summary: 'The response ends with a phrase, in any case; quotes around the response do not count.',
  schema: instruction('startend:end_checker', { end_phrase: phrase }),
  check(response, { end_phrase }) {
    const text = strip(strip(response), '"')
    const wanted = strip(end_phrase)
    return {
      passed: text.toLowerCase().endsWith(wanted.toLowerCase()),
      expected: `ends with ${quote(wanted)}`,
      received: quote(text.slice(-80)),
    }
  },
})

export const quotation = defineInstruction({
  kind: 'startend:quotation',
  summary: 'The whole response is wrapped in double quotation marks.',
  schema: instruction('startend:quotation', {}),
  check(response) {
    const text = strip(response)
    return {
      passed: text.length > 1 && text.startsWith('"') && text.endsWith('"'),
      expected: 'double quotes around it all',
      received: `${quote(text, 40)} ${quote(text.slice(-40))}`,
    }
  },
})

export const noComma = defineInstruction({
  kind: 'punctuation:no_comma',
  summary: 'No comma occurs.',
  schema: instruction('punctuation:no_comma', {}),
  check(response) {
    const number = response.split(',').length - 1
    return { passed: number === 0, expected: 'no commas', received: `${number} commas` }
  },
})
