import { classesIn, classesOf } from '../../../shared/arl-rr/reward-vectors.ts'
import type { ClassMap } from '../../../shared/classes/class-scores.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { nearest } from '../../../shared/protocol/nearest.ts'
import type { ArlRrExample, ArlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { drawn } from '../examples/draws.ts'
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

/** Of a run's seeds, the place of the choice of prompts that are answered at evaluations. */
const ANSWERED = 3

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
  const { policy, reference } = await openPolicy(opening)
  const method = new ArlRr({
    ...{ settings, policy, reference, classes, trained, rewarding },
    weights: weightsOf(settings, classes),
    heldOut: answered(heldOut, settings),
    validation: answered(validation, settings),
  })
  return { method, tooLong }
}

/** As many as are answered at an evaluation, drawn once: files are often sorted by class. */
function answered(
  examples: readonly ArlRrExample[],
  { seed, held_out: { most: count } }: ArlRrSettings,
): readonly ArlRrExample[] {
  if (examples.length <= count) return examples
  return drawn(examples, { seed: derivedSeed(seed, ANSWERED), from: 0, count })
}

/** A weight for each class: 0 where only others are given one. */
function weightsOf({ class_weights: given }: ArlRrSettings, classes: ClassMap): Record<string, number> {
  const own = new Map(Object.entries(given ?? {}))
  const rest = given === null ? 1 : 0
  return Object.fromEntries(Object.keys(classes).map((name) => [name, own.get(name) ?? rest]))
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
