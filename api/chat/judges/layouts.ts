/** What stands in a place of a layout; of an `expert` answer the response must hold the content, a `reference` is an aid. */
export type Slot = 'prompt' | 'reference' | 'expert' | 'criterion' | 'response'

/**
 * A place of a layout: what follows `opens`, up to the last `closes` before the next place opens. `name`, a group of
 * `opens`, is what the text calls the response. With `most` there are two to that many in a row.
 */
export type Place = { slot: Slot; opens: RegExp; closes?: RegExp; most?: number }

/**
 * A usual way of laying out a prompt for a judge. Without a place for the prompt, what stands before the first place is
 * the prompt: the criteria to choose by are said there. `asks` is what the instructions must hold besides.
 */
export type Layout = { places: Place[]; asks?: string }

/** A mark that stands as it is. */
const mark = (text: string) => new RegExp(text.replaceAll(/[[\]|]/g, '\\$&'), 'g')

const question: Place = { slot: 'prompt', opens: /\[(?:User |Client )?Question\]:?/g }
const reference: Place = {
  slot: 'reference',
  opens: mark('[The Start of Reference Answer]'),
  closes: mark('[The End of Reference Answer]'),
}
const assistant = (letter: string): Place => ({
  slot: 'response',
  opens: new RegExp(`\\[The Start of Assistant (?<name>${letter})'s Answer\\]`, 'g'),
  closes: mark(`[The End of Assistant ${letter}'s Answer]`),
})
/** The same between bars: an answer, or a whole conversation. */
const barred = (letter: string, what: string): Place => ({
  slot: 'response',
  opens: new RegExp(`<\\|The Start of Assistant (?<name>${letter})'s ${what}\\|>`, 'g'),
  closes: mark(`<|The End of Assistant ${letter}'s ${what}|>`),
})
const alone: Place = {
  slot: 'response',
  opens: mark("[The Start of Assistant's Answer]"),
  closes: mark("[The End of Assistant's Answer]"),
}
/** A part of data after a line of stars; the last one ends with the data. */
const part = (slot: Slot, name: string): Place => ({
  slot,
  opens: new RegExp(`\\n\\*{3,}\\n\\[${name}\\]:`, 'g'),
})
const lastPart = (slot: Slot, name: string): Place => ({
  ...part(slot, name),
  closes: /\n\*{3,}\n\[END DATA\]/g,
})
/** The last three of a row. */
const QUOTES = /"""(?!")/g

/** The layouts that are recognised, the fuller ones first. The patterns are the house's own: no text becomes one. */
export const LAYOUTS: readonly Layout[] = [
  // RewardBench 2, four answers
  { places: [question, ...['A', 'B', 'C', 'D'].map((letter) => assistant(letter))], asks: '[[D]]' },
  // MT-Bench and RewardBench, two answers, with and without a reference
  { places: [question, reference, assistant('A'), assistant('B')] },
  { places: [question, assistant('A'), assistant('B')] },
  // Arena-Hard
  {
    places: [
      { slot: 'prompt', opens: mark('<|User Prompt|>') },
      barred('A', 'Answer'),
      barred('B', 'Answer'),
    ],
  },
  // MT-Bench and RewardBench, two conversations
  { places: [barred('A', 'Conversation with User'), barred('B', 'Conversation with User')] },
  // MT-Bench, one answer
  { places: [question, reference, alone] },
  { places: [question, alone] },
  // RewardBench 2 ratings
  {
    places: [
      { slot: 'prompt', opens: mark('[Query]\n') },
      { slot: 'response', opens: mark('\n[Response]\n'), closes: mark('\n[Your judgement]') },
    ],
  },
  // TRL's and AlpacaEval's pairs: the verdict is the identifier of a model
  {
    places: [
      { slot: 'prompt', opens: /"instruction":\s*"""/g, closes: QUOTES },
      {
        slot: 'response',
        opens: /"model_identifier":\s*"(?<name>\w{1,8})",\s*"output":\s*"""/g,
        closes: QUOTES,
        most: 2,
      },
    ],
  },
  // promptfoo's select-best: the verdict is an index
  {
    places: [
      { slot: 'response', opens: /<Text index="(?<name>\d{1,2})">/g, closes: mark('</Text>'), most: 16 },
    ],
  },
  // promptfoo's llm-rubric
  {
    places: [
      { slot: 'response', opens: mark('<Output>'), closes: mark('</Output>') },
      { slot: 'criterion', opens: mark('<Rubric>'), closes: mark('</Rubric>') },
    ],
  },
  // graded questions and answers, as inspect, autoevals and closed question answering lay them out
  { places: [part('prompt', 'Task'), part('response', 'Submission'), lastPart('criterion', 'Criterion')] },
  { places: [part('prompt', 'Question'), part('expert', 'Expert'), lastPart('response', 'Submission')] },
]
