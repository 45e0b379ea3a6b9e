import { drawnName, own, type Study, UNTRAINED } from './conditions.ts'

/** What is trained, in turn: the judge and then the generator are taught, and both ways of RL begin where that ends. */
export const ARMS = ['judge_taught', 'warm_up', 'alternation', 'judge_only'] as const

const FINAL = 'alternation'
const byFinal = drawnName(FINAL)
const byJudgeOnly = drawnName('judge_only', 'warm_up')

/**
 * The arms with their own rubrics; the final judge by other rubrics; untrained and trained generator and judge crossed.
 */
export const CONSTRAINT_STUDY: Study = {
  final: FINAL,
  conditions: [
    own(FINAL),
    // The generator of the judge alone is the warm-up's, which nothing trained further.
    { ...own('judge_only'), rubrics: { of: 'warm_up' } },
    own('warm_up'),
    own(UNTRAINED, 'aside'),
    { ...own(FINAL, 'aside'), rubrics: { of: UNTRAINED } },
    { ...own(FINAL, 'aside'), rubrics: { of: 'warm_up' } },
    ...(['shuffled', 'empty', 'oracle'] as const).map((rubrics) => ({ ...own(FINAL, 'aside'), rubrics })),
    { ...own(UNTRAINED, 'aside'), rubrics: { of: FINAL } },
  ],
  differences: [
    ['alternation less judge-only', byFinal, byJudgeOnly],
    ['alternation less warm-up', byFinal, drawnName('warm_up')],
    ['alternation less untrained', byFinal, drawnName(UNTRAINED)],
    ['judge-only less warm-up', byJudgeOnly, drawnName('warm_up')],
    ["own rubric less another request's", byFinal, drawnName(FINAL, 'shuffled')],
    ['own rubric less none', byFinal, drawnName(FINAL, 'empty')],
    ["own rubric less the untrained generator's", byFinal, drawnName(FINAL, UNTRAINED)],
    ["own rubric less the warm-up's", byFinal, drawnName(FINAL, 'warm_up')],
    ["oracle's rubric less own", drawnName(FINAL, 'oracle'), byFinal],
    ['trained generator less untrained, untrained judge', drawnName(UNTRAINED, FINAL), drawnName(UNTRAINED)],
  ],
}
