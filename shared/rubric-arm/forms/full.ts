import { formatReward } from '../format-reward.ts'
import { generatorMessages } from '../generator.ts'
import { judgeMessages } from '../opinions.ts'
import { readRubricText } from '../rubric-text.ts'
import { winnerIn } from '../trajectory.ts'
import type { ArmForm } from './form.ts'

/** The published skeleton (systems.md 1.4). */
export const FULL_FORM: ArmForm = {
  generatorMessages,
  judgeMessages: ({ criteria, ...pair }, secret) =>
    judgeMessages({ ...pair, rubric: { id: '', object: 'rubric', meta_rubric: null, criteria } }, secret),
  readRubric: readRubricText,
  winner: winnerIn,
  formatReward: (text, criteria) => formatReward(text, { criteria }),
}
