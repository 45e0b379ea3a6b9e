/** How much is trained on and measured: by a run's arguments. */
export type Sizes = {
  /** An oracle's judgments, sixteen of each pair of twins: of four pairs by both requests in both orders. */
  taughtJudgments: number
  /** Requests with an oracle's rubrics. */
  taughtRubrics: number
  /** Requests of which only the pairs' labels are known. */
  trainedPrompts: number
  /** Each with five pairs. */
  heldOutPrompts: number
  /** Held-out requests on which what is beside the point is measured. */
  asidePrompts: number
  /** Of the alternation's phases: parts of the pairs, and updates of each role on each. */
  parts: number
  steps: number
}

/** The smallest form that still shows something. */
export const SIZES: Sizes = {
  taughtJudgments: 2000,
  taughtRubrics: 100,
  trainedPrompts: 240,
  heldOutPrompts: 400,
  asidePrompts: 50,
  parts: 2,
  steps: 10,
}
