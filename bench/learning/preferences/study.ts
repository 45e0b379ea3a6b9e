import { drawnName, own, type Study, UNTRAINED } from '../small/conditions.ts'

/** What was trained on constraints, and then on preferences. */
export const GIVEN = 'constraints'
export const PREFERENCE_ARMS = ['judge_only', 'alternation'] as const
const FINAL = 'alternation'

/** Untrained, trained on constraints alone, and both ways of RL from there; all pairs in three arrangements. */
export const PREFERENCE_STUDY: Study = {
  final: FINAL,
  conditions: [
    own(UNTRAINED, 'aside'),
    own(GIVEN),
    ...PREFERENCE_ARMS.map((arm) => own(arm)),
    { ...own(FINAL, 'all'), rubrics: 'shuffled' },
    { ...own(FINAL, 'all'), rubrics: 'empty' },
    own(FINAL, 'all', 'preferred_first'),
    own(FINAL, 'all', 'preferred_second'),
  ],
  differences: [
    ['alternation less judge-only', drawnName(FINAL), drawnName('judge_only')],
    ['alternation less constraints alone', drawnName(FINAL), drawnName(GIVEN)],
    ['alternation less untrained', drawnName(FINAL), drawnName(UNTRAINED)],
    ["own rubric less another request's", drawnName(FINAL), drawnName(FINAL, 'shuffled')],
    ['own rubric less none', drawnName(FINAL), drawnName(FINAL, 'empty')],
  ],
}
