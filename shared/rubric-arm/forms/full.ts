import { formatReward } from '../format-reward.ts'
import { generatorMessages, judgeMessages } from '../messages.ts'
import { readRubricText } from '../rubric-text.ts'
import { readTrajectory, winnerIn } from '../trajectory.ts'
import type { ServedForm } from './form.ts'

/** Tokens of a generator's reply: twice what the published one is given (systems.md 1.3). */
const RUBRIC_TOKENS = 2048
/** Tokens of a judge's reply (systems.md 1.3), and for each criterion of a long rubric. */
const JUDGE_TOKENS = 4096
const TOKENS_A_CRITERION = 512

/** The published skeleton (systems.md 1.4). */
export const FULL_FORM: ServedForm = {
  generatorMessages,
  judgeMessages: ({ criteria, ...pair }, secret) =>
    judgeMessages({ ...pair, rubric: { id: '', object: 'rubric', meta_rubric: null, criteria } }, secret),
  readRubric: readRubricText,
  winner: winnerIn,
  formatReward: (text, criteria) => formatReward(text, { criteria }),
  readJudgment(text) {
    const { trajectory, fault } = readTrajectory(text)
    if (trajectory === null) return { judgment: null, fault }
    const { gatekeeper, first, second, justification, winner } = trajectory
    return {
      judgment: { winner, reason: justification, gatekeeper, analysis: { first, second } },
      fault: null,
    }
  },
  explained: null,
  replyTokens: {
    rubric: RUBRIC_TOKENS,
    judge: (items) => Math.max(JUDGE_TOKENS, TOKENS_A_CRITERION * items),
  },
}
