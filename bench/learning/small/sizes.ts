/** How much is trained on and measured: by a run's arguments. */
export type Sizes = {
  /** An oracle's judgments of the taught kinds, eight a request: of four pairs in both orders, for the warm-up of both roles. */
  taughtJudgments: number
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
  taughtJudgments: 800,
  trainedPrompts: 240,
  heldOutPrompts: 400,
  asidePrompts: 50,
  parts: 2,
  steps: 6,
}
