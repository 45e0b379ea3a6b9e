import type { Loss } from '../loss.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Trainer, TrainerState } from '../trainer.ts'

export type ScriptedTrainer = Trainer & {
  /** What each update was made of. */
  seen: { trees: readonly TokenTree[]; loss: Loss; planned: number | undefined }[]
  /** The parameters of each call of `score`. */
  scoredWith: (Float32Array | null | undefined)[]
}

/**
 * A trainer without a model, for what goes into an update and what is read from it: the log-probability of every token
 * comes from the number of updates so far and the parameters that it is scored under, undefined being its own.
 */
export function scriptedTrainer(
  logprob: (updates: number, parameters: Float32Array | null | undefined) => number,
): ScriptedTrainer {
  let state: TrainerState = {
    parameters: new Float32Array(1),
    first: new Float32Array(1),
    second: new Float32Array(1),
    updates: 0,
    lossScale: 1,
  }
  const scores = (trees: readonly TokenTree[], parameters?: Float32Array | null): ScoredBranch[][] =>
    trees.map(({ branches }) =>
      branches.map(({ tokens }) => ({
        logprobs: new Float32Array(tokens.length).fill(logprob(state.updates, parameters)),
        entropies: new Float32Array(tokens.length).fill(0.5),
      })),
    )
  const trainer: ScriptedTrainer = {
    parameterCount: 1,
    seen: [],
    scoredWith: [],
    get updates() {
      return state.updates
    },
    async update(trees, loss, planned) {
      trainer.seen.push({ trees, loss, planned })
      const report = {
        ...{ loss: 0.25, gradientNorm: 1, learningRate: 1e-6, applied: true, seconds: 1 },
        tokens: trees.length,
        scores: scores(trees),
      }
      state = { ...state, updates: state.updates + 1 }
      return report
    },
    gradient: async () => new Float32Array(1),
    async score(trees, parameters) {
      trainer.scoredWith.push(parameters)
      return scores(trees, parameters)
    },
    state: () => ({ ...state, parameters: state.parameters.slice() }),
    restore(restored) {
      state = restored
    },
    save: async () => {},
    dispose() {},
  }
  return trainer
}
