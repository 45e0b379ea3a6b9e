/** Prompts as clients of judges lay them out, about one question and a response that is liked and one that is not. */
export const CHAT = '/v1/chat/completions'
export const question = 'Say something.'
export const good = 'GOOD'
export const bad = 'other'
export const put = (...responses: string[]) => JSON.stringify({ prompt: question, responses })
export const user = (content: string) => [{ role: 'user', content }]
export const system = (content: string) => [{ role: 'system', content }]
export const scored = (response: string) => [...user(question), { role: 'assistant', content: response }]

export const assistant = (letter: string, text: string) =>
  `[The Start of Assistant ${letter}'s Answer]\n${text}\n[The End of Assistant ${letter}'s Answer]`
export const bench = (...texts: string[]) =>
  `[User Question]\n${question}\n\n${texts.map((text, at) => assistant('ABCD'[at] ?? '', text)).join('\n\n')}`
export const conversation = (letter: string, text: string) => {
  const turn = `### User:\n${question}\n\n### Assistant ${letter}:\n${text}\n\n`
  const mark = (what: string) => `<|The ${what} of Assistant ${letter}'s Conversation with User|>`
  return `${mark('Start')}\n\n${turn}${turn}${mark('End')}`
}
export const alone = (text: string) =>
  `[Question]\n${question}\n\n[The Start of Assistant's Answer]\n${text}\n[The End of Assistant's Answer]`
export const models = (first: string, second: string) =>
  `{\n "instruction": """${question}""",\n}\n{\n "model_identifier": "m",\n "output": """${first}"""\n},\n{\n "model_identifier": "M",\n "output": """${second}"""\n}`
export const graded = (text: string) =>
  `[BEGIN DATA]\n***\n[Task]: ${question}\n***\n[Submission]: ${text}\n***\n[Criterion]: It is GOOD.\n***\n[END DATA]\n`
export const told = (system: string, content: string) => [
  { role: 'system', content: system },
  ...user(content),
]

export const TWO = 'Output "[[A]]" if assistant A is better, "[[B]]" if assistant B is better'
export const schemaOf = (properties: object) => ({
  type: 'json_schema',
  json_schema: {
    name: 'verdict',
    strict: true,
    schema: { type: 'object', properties, additionalProperties: false },
  },
})
