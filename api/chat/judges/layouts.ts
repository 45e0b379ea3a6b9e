/** What stands in a place of a layout; of an `expert` answer the response must hold the content, a `reference` is an aid. */
export type Slot = 'prompt' | 'reference' | 'expert' | 'criterion' | 'response'

/**
 * A place of a layout: what follows `opens`, up to the last `closes` before the next place opens. `name`, a group of
 * `opens`, is what the text calls the response. With `most` there are two to that many in a row.
 */
export type Place = { slot: Slot; opens: RegExp; closes?: string; most?: number }

/**
 * A usual way of laying out a prompt for a judge. Without a place for the prompt, what stands before the first place is
 * the prompt: the criteria to choose by are said there. `asks` is what the instructions must hold besides.
 */
export type Layout = { places: Place[]; asks?: string }

const assistant = (letter: string, bar = ''): Place => ({
  slot: 'response',
  opens: new RegExp(
    `${bar ? '<\\|' : '\\['}The Start of Assistant (?<name>${letter})'s Answer${bar ? '\\|>' : '\\]'}`,
    'g',
  ),
  closes: bar ? `<|The End of Assistant ${letter}'s Answer|>` : `[The End of Assistant ${letter}'s Answer]`,
})
const question: Place = { slot: 'prompt', opens: /\[(?:User |Client )?Question\]:?/g }
const reference: Place = {
  slot: 'reference',
  opens: /\[The Start of Reference Answer\]/g,
  closes: '[The End of Reference Answer]',
}
const alone: Place = {
  slot: 'response',
  opens: /\[The Start of Assistant's Answer\]/g,
  closes: "[The End of Assistant's Answer]",
}
const RULE = '\n***'

/** The layouts that are recognised, the fuller ones first. The patterns are the house's own: no text becomes one. */
export const LAYOUTS: readonly Layout[] = [
  // RewardBench 2, four answers
  { places: [question, ...['A', 'B', 'C', 'D'].map((letter) => assistant(letter))], asks: '[[D]]' },
  // MT-Bench and RewardBench, two answers, with and without a reference
  { places: [question, reference, assistant('A'), assistant('B')] },
  { places: [question, assistant('A'), assistant('B')] },
  // Arena-Hard
  {
    places: [{ slot: 'prompt', opens: /<\|User Prompt\|>/g }, assistant('A', '|'), assistant('B', '|')],
  },
  // MT-Bench and RewardBench 2 ratings, one answer
  { places: [question, reference, alone] },
  { places: [question, alone] },
  // TRL's and AlpacaEval's pairs: the verdict is the identifier of a model
  {
    places: [
      { slot: 'prompt', opens: /"instruction":\s*"""/g, closes: '"""' },
      {
        slot: 'response',
        opens: /"model_identifier":\s*"(?<name>\w{1,8})",\s*"output":\s*"""/g,
        closes: '"""',
        most: 2,
      },
    ],
  },
  // promptfoo's select-best: the verdict is an index
  {
    places: [{ slot: 'response', opens: /<Text index="(?<name>\d{1,2})">/g, closes: '</Text>', most: 16 }],
  },
  // promptfoo's llm-rubric
  {
    places: [
      { slot: 'response', opens: /<Output>/g, closes: '</Output>' },
      { slot: 'criterion', opens: /<Rubric>/g, closes: '</Rubric>' },
    ],
  },
  // graded questions and answers, as inspect, autoevals and closed question answering lay them out
  {
    places: [
      { slot: 'prompt', opens: /\[Task\]:/g, closes: RULE },
      { slot: 'response', opens: /\*\*\*\n\[Submission\]:/g, closes: RULE },
      { slot: 'criterion', opens: /\*\*\*\n\[Criterion\]:/g, closes: RULE },
    ],
  },
  {
    places: [
      { slot: 'prompt', opens: /\[Question\]:/g, closes: RULE },
      { slot: 'expert', opens: /\*\*\*\n\[Expert\]:/g, closes: RULE },
      { slot: 'response', opens: /\*\*\*\n\[Submission\]:/g, closes: RULE },
    ],
  },
]
