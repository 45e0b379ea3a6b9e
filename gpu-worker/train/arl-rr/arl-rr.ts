import { beginPhase } from '../../../shared/arl-rr/alternate.ts'
import { candidatesOf } from '../../../shared/arl-rr/guard-rails.ts'
import { classesIn } from '../../../shared/arl-rr/reward-vectors.ts'
import type { Schedule } from '../../../shared/arl-rr/schedule.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { SelectorSettings } from '../../../shared/protocol/training/alternation.ts'
import type { Json, StepReport, TrainingMethod } from '../method.ts'
import { syncPolicy } from '../policy/policy.ts'
import { type Checked, checkHeldOut, openingOf } from './check.ts'
import type { ArlRrParts } from './parts.ts'
import { probe, probeCost } from './probe.ts'
import { AT_FIRST, type Standing, standing as standingSchema, takenOf } from './standing.ts'
import { type Target, trainStep } from './train-step.ts'

type Probing = Extract<SelectorSettings, { kind: 'probe' }>
type Made = { standing: Standing; report: Omit<StepReport, 'step'> }

/**
 * Trains a policy on one meta-class a phase, or on all at once by a baseline's objective, on identical data and budget
 * (ARL-RR; systems.md 2.3, our reconstruction). A step is an update, a round of probes, or the evaluation before the
 * first of them. It ends when the budget of completions is spent.
 */
export class ArlRr implements TrainingMethod {
  readonly roles: TrainingMethod['roles']
  readonly #parts: ArlRrParts
  readonly #targets: ReadonlyMap<string, Target>
  readonly #all: Target
  #standing: Standing = AT_FIRST
  /** Whether the engine has the policy as it is. */
  #synced = false

  constructor(parts: ArlRrParts) {
    const { policy, classes, trained, settings } = parts
    this.roles = new Map([[policy.role, policy.trainer]])
    this.#parts = parts
    this.#all = { name: settings.objective, metaClass: null, pool: trained }
    this.#targets = new Map(
      Object.keys(classes).map((name) => {
        const pool = trained.filter((example) => classesIn(example, classes).includes(name))
        return [name, { name, metaClass: name, pool }]
      }),
    )
  }

  /** What is left of the budget in updates, after the steps that were made. */
  get total(): number {
    const { step, spent } = this.#standing
    const left = Math.ceil((this.#budget - spent) / this.#perUpdate)
    return step + Math.max(0, left) + Number(step === 0)
  }

  state(): Json {
    return structuredClone(this.#standing)
  }

  async restore(state: Json): Promise<void> {
    this.#standing = parseWith(standingSchema, state)
    this.#synced = false
  }

  async step(signal: AbortSignal): Promise<StepReport | null> {
    if (this.#standing.spent >= this.#budget) return null
    if (!this.#synced) await syncPolicy(this.#parts.policy)
    this.#synced = true
    const made = await this.#make(signal)
    const step = this.#standing.step + 1
    this.#standing = { ...made.standing, step }
    return { step, ...made.report }
  }

  async #make(signal: AbortSignal): Promise<Made> {
    const standing = this.#standing
    if (standing.step === 0) return this.#evaluateFirst(standing, signal)
    const { schedule } = standing
    if (schedule === null) return this.#train(standing, this.#all, [], signal)
    if (schedule.phase !== null)
      return this.#train(standing, this.#target(schedule.phase.meta_class), [], signal)
    const probing = this.#probing(schedule, standing)
    if (probing) return this.#probe(standing, schedule, probing, signal)
    const begun = beginPhase(this.#parts.settings.alternation, schedule)
    const note = phaseNote(begun)
    return this.#train({ ...standing, schedule: begun }, this.#target(begun.phase.meta_class), [note], signal)
  }

  async #evaluateFirst(standing: Standing, signal: AbortSignal): Promise<Made> {
    const { standing: opened, metrics, notes, seconds } = await openingOf(this.#parts, standing, signal)
    return { standing: opened, report: { phase: 'evaluation', metrics, samples: [], notes, seconds } }
  }

  async #train(standing: Standing, target: Target, notes: string[], signal: AbortSignal): Promise<Made> {
    const from = takenOf(standing, target.name)
    const { draws, taken, spent, in_phase } = standing
    const place = { from, draw: draws, planned: spent / this.#perUpdate }
    const made = await trainStep(this.#parts, target, place, signal)
    const trained: Standing = {
      ...standing,
      draws: draws + 1,
      taken: { ...taken, [target.name]: from + this.#parts.settings.prompts },
      spent: spent + made.completions,
      in_phase: in_phase + 1,
    }
    const last = trained.spent >= this.#budget
    const checked: Checked = await checkHeldOut(this.#parts, trained, last, signal)
    const { seconds } = made
    return {
      standing: checked.standing,
      report: {
        phase: target.name,
        metrics: { ...made.metrics, ...checked.metrics, budget_spent: trained.spent / this.#budget },
        samples: made.samples,
        notes: [...notes, ...made.notes, ...checked.notes],
        seconds: {
          rollout: seconds.rollout + checked.seconds.rollout,
          reward: seconds.reward + checked.seconds.reward,
          update: seconds.update,
        },
      },
    }
  }

  /** The settings of a round of probes, where there is something to choose between and the budget bears it. */
  #probing(schedule: Schedule, { spent }: Standing): Probing | null {
    const { selector, first, guard_rails } = this.#parts.settings.alternation
    if (selector.kind !== 'probe' || (schedule.ended.length === 0 && first !== null)) return null
    const candidates = candidatesOf(guard_rails, schedule).length
    const cost = probeCost(this.#parts, selector, candidates) + this.#perUpdate
    return candidates > 1 && spent + cost <= this.#budget ? selector : null
  }

  async #probe(standing: Standing, schedule: Schedule, probing: Probing, signal: AbortSignal): Promise<Made> {
    const { policy, settings } = this.#parts
    const at = { standing, schedule, targetOf: (name: string) => this.#target(name) }
    const { scores, copies, standing: after, seconds } = await probe(this.#parts, probing, at, signal)
    const begun = beginPhase(settings.alternation, schedule, scores)
    const copy = probing.keep ? copies.get(begun.phase.meta_class) : undefined
    if (copy) {
      policy.trainer.restore(copy.trainer)
      await syncPolicy(policy)
    }
    return {
      standing: { ...after, ...copy?.place, schedule: begun },
      report: {
        phase: 'probe',
        metrics: {
          ...Object.fromEntries(Object.entries(scores).map(([name, score]) => [`probe/${name}`, score])),
          budget_spent: after.spent / this.#budget,
        },
        samples: [],
        notes: [phaseNote(begun)],
        seconds,
      },
    }
  }

  #target(metaClass: string): Target {
    const target = this.#targets.get(metaClass)
    if (!target) throw new TypeError(`the run has no class ${metaClass}`)
    return target
  }

  get #perUpdate(): number {
    const { prompts, group_size } = this.#parts.settings
    return prompts * group_size
  }

  get #budget(): number {
    return this.#parts.settings.steps * this.#perUpdate
  }
}

function phaseNote({ ended, phase }: ReturnType<typeof beginPhase>): string {
  const { meta_class, chosen_by, probability } = phase
  const drawn = probability === null ? '' : ` with probability ${probability.toFixed(3)}`
  return `Phase ${ended.length + 1} trains '${meta_class}', chosen by ${chosen_by}${drawn}.`
}
