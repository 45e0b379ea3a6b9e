import { classesIn, classesOf } from '../../../shared/arl-rr/reward-vectors.ts'
import type { ClassMap } from '../../../shared/classes/class-scores.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { nearest } from '../../../shared/protocol/nearest.ts'
import type { ArlRrExample, ArlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import { setAside, thatFit } from '../examples/examples.ts'
import type { Rewarding } from '../judging/rewarding.ts'
import { openPolicy, type PolicyOpening } from '../policy/open-policy.ts'
import { ArlRr } from './arl-rr.ts'

export type ArlRrOpening = PolicyOpening & {
  settings: ArlRrSettings
  examples: readonly ArlRrExample[]
  /** Reported beside the held-out prompts, and never chosen by. */
  validation: readonly ArlRrExample[]
  rewarding: Rewarding
}

/**
 * A run of ARL-RR, or of one of its baselines, its trainer opened, and how many examples are too long for it. Throws
 * `invalid_request` for classes that there are none of, and where no prompt fits or could be held out.
 */
export async function openArlRr(opening: ArlRrOpening): Promise<{ method: ArlRr; tooLong: number }> {
  const { ground, settings, rewarding } = opening
  const { sampler } = ground
  const { fit, tooLong } = thatFit(opening.examples, sampler, settings)
  const validation = opening.validation.length > 0 ? thatFit(opening.validation, sampler, settings).fit : []
  const { share } = settings.held_out
  const { trained, heldOut } = await setAside(fit, { share, seed: settings.seed })
  const classes = trainable(settings.classes ?? classesOf(trained), trained)
  refuseUnknown(settings, classes)
  const weights = settings.class_weights ?? Object.fromEntries(Object.keys(classes).map((name) => [name, 1]))
  const { policy, reference } = await openPolicy(opening)
  const method = new ArlRr({
    ...{ settings, policy, reference, classes, weights, trained, heldOut, validation, rewarding },
  })
  return { method, tooLong }
}

/** The classes that a prompt has something for. */
function trainable(classes: ClassMap, examples: readonly ArlRrExample[]): ClassMap {
  const found = new Set(examples.flatMap((example) => classesIn(example, classes)))
  return Object.fromEntries(Object.entries(classes).filter(([name]) => found.has(name)))
}

/** Throws for a class that the settings name and no prompt has. */
function refuseUnknown({ classes, class_weights, alternation }: ArlRrSettings, found: ClassMap): void {
  const named = {
    classes: Object.keys(classes ?? {}),
    class_weights: Object.keys(class_weights ?? {}),
    'alternation.first': alternation.first === null ? [] : [alternation.first],
  }
  const names = Object.keys(found)
  for (const [param, ours] of Object.entries(named)) {
    const unknown = ours.find((name) => !Object.hasOwn(found, name))
    if (unknown === undefined) continue
    const known = nearest(names, unknown)
      .map((name) => `'${name}'`)
      .join(', ')
    throw new PlumblineError(
      'invalid_request',
      `${param} names '${unknown}', for which no prompt that is trained on has anything to score: there are ${known}.`,
      { param },
    )
  }
  if (names.length === 0) {
    const message = 'No prompt has a meta-class to train on: give verifiers or criteria with points above 0.'
    throw new PlumblineError('invalid_request', message, { param: 'training_file' })
  }
}
