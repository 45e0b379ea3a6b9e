import type { RewardRequest } from '../protocol/reward.ts'

/** What every judgment of a group is asked with: the request without what is of the group alone. */
export function askedWith(request: RewardRequest) {
  const {
    protocol: _protocol,
    responses: _responses,
    constraints: _constraints,
    verifiers: _verifiers,
    anchor: _anchor,
    shaping: _shaping,
    inconsistent: _inconsistent,
    fit: _fit,
    budget: _budget,
    group_size: _groupSize,
    classes: _classes,
    class_weights: _classWeights,
    pair: _pair,
    run: _run,
    ...asked
  } = request
  return asked
}
