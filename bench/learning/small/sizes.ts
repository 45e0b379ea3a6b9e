/** How much is trained on and measured: by a run's arguments. */
export type Sizes = {
  /** Requests with an oracle's rubric for the warm-up of the generator. */
  taughtRubrics: number
  /** Pairs with an oracle's judgment for the warm-up of the judge, of the first of these requests. */
  taughtJudgments: number
  /** Requests of which only the pairs' labels are known. */
  trainedPrompts: number
  /** Each with four pairs. */
  heldOutPrompts: number
  /** Held-out requests on which what is beside the point is measured. */
  asidePrompts: number
  /** Of the alternation's phases: parts of the pairs, and updates of each role on each. */
  parts: number
  steps: number
}

/** The smallest form that still shows something. */
export const SIZES: Sizes = {
  taughtRubrics: 240,
  taughtJudgments: 400,
  trainedPrompts: 400,
  heldOutPrompts: 500,
  asidePrompts: 120,
  parts: 2,
  steps: 6,
}
