import { transcript } from '../../../shared/model/transcript.ts'
import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'

const RUBRIC = /^says [a-z]+$/
const JUDGMENT = /^A (?:yes|no) B (?:yes|no) winner [AB]$/
const WINNER = /winner ([AB])$/

/** Rubric-ARM's form in the tiny language: a rubric is one item, and a judgment one line. */
export const TINY_FORM: ArmForm = {
  generatorMessages: async (prompt) => [{ role: 'user', content: `rubric for ${transcript(prompt)}` }],

  judgeMessages: async ({ prompt, shown: [a, b], criteria }) => {
    const rubric = criteria.map(({ title }) => title).join(' ')
    return [{ role: 'user', content: `judge ${transcript(prompt)} by ${rubric}\nA ${a}\nB ${b}` }]
  },

  readRubric: (text) =>
    RUBRIC.test(text)
      ? { criteria: [{ id: 'c01', rule: 'hard_rule', title: text }], fault: null }
      : { criteria: null, fault: "It is not 'says' and a word." },

  winner(text) {
    const letter = WINNER.exec(text)?.[1]
    return letter === undefined ? null : letter === 'A' ? 'first' : 'second'
  },

  formatReward: (text) =>
    JUDGMENT.test(text)
      ? { reward: 1, faults: [] }
      : { reward: 0, faults: ['It is not a line of judgment.'] },
}

/** A rubric that demands a colour. */
export const rubricText = (colour: string) => `says ${colour}`
