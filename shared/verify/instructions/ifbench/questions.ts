import { defineInstruction, instruction } from '../instruction.ts'
import { codePointLength, SPACE, strip, WORD } from '../python-text.ts'

const LABEL = new RegExp(`Question \\p{Nd}+[.|):;]?[${SPACE}]*`, 'u')
const OPTION = new RegExp(`^[A-Ea-e][.|)][${SPACE}]*[${WORD}]`, 'u')

export const mcqCountLength = defineInstruction({
  kind: 'custom:mcq_count_length',
  summary:
    'Four questions of five options, labelled "Question 1" and so on, each longer than the one before.',
  schema: instruction('custom:mcq_count_length', {}),
  check(response) {
    const questions = response
      .split(LABEL)
      .map((part) => strip(part))
      .filter((part) => part !== '')
      .map(readQuestion)
    const longer = questions.every(({ length }, index) => length > (questions[index - 1]?.length ?? -1))
    return {
      passed:
        response.startsWith('Question') &&
        questions.length === 4 &&
        questions.every(({ options }) => options === 5) &&
        longer,
      expected: '4 questions of 5 options, each longer',
      received: `${questions.length} questions of ${questions
        .map(({ options }) => options)
        .slice(0, 10)
        .join(', ')} options`,
    }
  },
})

/** How many options a question has, and the length of what stands before the first. */
function readQuestion(question: string): { options: number; length: number } {
  const lines = question.split('\n').map((line) => strip(line))
  const first = lines.findIndex((line) => OPTION.test(line))
  const text = lines.slice(0, first < 0 ? lines.length : first).join(' ')
  return {
    options: lines.filter((line) => OPTION.test(line)).length,
    length: codePointLength(strip(text)),
  }
}
