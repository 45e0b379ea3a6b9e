import type { Message } from '../../../shared/protocol/message.ts'
import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import type { Json, StepReport, TrainingMethod } from '../method.ts'
import { syncPolicy } from '../policy/policy.ts'
import type { Trainer } from '../trainer.ts'
import { alternationStep, type StepRoles } from './alternation-step.ts'
import type { Arm } from './arm.ts'
import { type ArmState, armState } from './arm-state.ts'
import { ARM_ROLES, type ArmRole, type Phase, stepsTraining } from './phases.ts'
import { type Reference, referenceFrom, referenceTo } from './reference.ts'
import { RubricCache } from './rubric-cache.ts'
import { warmUpStep } from './warm-up.ts'

export type Stage = ArmState['stage']

export type RubricArmParts = Arm & {
  phases: readonly Phase[]
  /** Of the pairs, disjoint. */
  parts: readonly (readonly LabelledPair[])[]
  warmUp: Readonly<Record<ArmRole, readonly Message[][]>>
  /** Figures of what was made for the warm-up, told with the first step. */
  taught: Readonly<Record<string, number>>
  /** A trainer with the settings of a stage; its state comes from the one before. */
  openTrainer(role: ArmRole, stage: Stage): Promise<Trainer>
  /** A folder of the run's own, for what is handed to the engine. */
  scratch: string
}

/** What of a run's seed each use has for itself. */
const USES = { warm_up: 1, judge: 2, generator: 3, both: 4, again: 5 } as const

/** Rubric-ARM (systems.md 1.2): a warm-up of both roles, then the alternation over disjoint parts. */
export class RubricArm implements TrainingMethod {
  readonly #parts: RubricArmParts
  readonly #rubrics: RubricCache = new RubricCache()
  #stage: Stage
  #roles: Map<ArmRole, Trainer>
  #references = new Map<ArmRole, Reference>()
  /** The phase, the steps made of it, and those of the whole run. */
  #phase = 0
  #step = 0
  #made = 0
  /** Updates of each role that the engine was last handed. */
  readonly #handed = new Map<ArmRole, number>()

  private constructor(parts: RubricArmParts, stage: Stage, roles: Map<ArmRole, Trainer>) {
    this.#parts = parts
    this.#stage = stage
    this.#roles = roles
  }

  static async open(parts: RubricArmParts): Promise<RubricArm> {
    const stage = parts.phases[0]?.kind === 'warm_up' ? 'warm_up' : 'alternation'
    return new RubricArm(parts, stage, await openRoles(parts, stage))
  }

  get roles(): ReadonlyMap<string, Trainer> {
    return this.#roles
  }

  get total(): number {
    return this.#parts.phases.reduce((sum, { steps }) => sum + steps, 0)
  }

  async step(signal: AbortSignal): Promise<StepReport | null> {
    const phase = this.#parts.phases[this.#phase]
    if (!phase) return null
    if (this.#step === 0) await this.#enter(phase)
    const made =
      phase.kind === 'warm_up' ? await this.#warmUp(phase.role) : await this.#alternate(phase, signal)
    this.#made++
    this.#step++
    if (this.#step === phase.steps) {
      this.#phase++
      this.#step = 0
    }
    if (this.#made > 1) return { step: this.#made, ...made }
    return { step: this.#made, ...made, metrics: { ...made.metrics, ...this.#parts.taught } }
  }

  state(): Json {
    const kept = (role: ArmRole) => this.#references.get(role)?.kept ?? null
    return {
      stage: this.#stage,
      phase: this.#phase,
      step: this.#step,
      made: this.#made,
      rubrics: this.#rubrics.entries(),
      references: { judge: kept('judge'), generator: kept('generator') },
    } satisfies ArmState
  }

  /** The roles' own states are carried over where the state is of another stage, so that they may be restored before or after. */
  async restore(state: Json): Promise<void> {
    const { stage, phase, step, made, rubrics, references } = armState.parse(state)
    if (stage !== this.#stage) await this.#enterStage(stage, (_, before) => before.state())
    this.#phase = phase
    this.#step = step
    this.#made = made
    this.#rubrics.replace(rubrics)
    for (const role of ARM_ROLES) this.#references.set(role, referenceFrom(references[role]))
    this.#handed.clear()
  }

  /** Frees the trainers. */
  dispose(): void {
    for (const trainer of this.#roles.values()) trainer.dispose()
  }

  async #enter(phase: Phase): Promise<void> {
    if (phase.kind === 'warm_up') return
    const { settings, warmUp } = this.#parts
    const before = this.#parts.phases[this.#phase - 1]
    if (before === undefined || before.kind === 'warm_up') {
      if (this.#stage === 'warm_up') {
        await this.#enterStage('alternation', (fresh, before) => ({
          ...fresh.state(),
          parameters: before.state().parameters,
        }))
      }
      for (const role of ARM_ROLES) {
        const trained = settings.warm_up[role].epochs > 0 && warmUp[role].length > 0
        this.#references.set(role, referenceTo(trained ? this.#trainer(role).state().parameters : null))
      }
    }
    if (settings.reference === 'phase') {
      for (const role of ARM_ROLES) {
        this.#references.set(role, referenceTo(this.#trainer(role).state().parameters))
      }
    }
    // In the generator's place the judge goes on with the rubrics that it has: nobody wrote others.
    if (phase.kind !== 'again') this.#rubrics.replace([])
  }

  /** Opens the trainers of a stage. Each takes the state that `stateOf` makes of itself, fresh, and the one before it. */
  async #enterStage(
    stage: Stage,
    stateOf: (fresh: Trainer, before: Trainer) => ReturnType<Trainer['state']>,
  ): Promise<void> {
    const roles = await openRoles(this.#parts, stage)
    for (const [role, fresh] of roles) {
      const before = this.#trainer(role)
      fresh.restore(stateOf(fresh, before))
      before.dispose()
    }
    this.#roles = roles
    this.#stage = stage
    this.#handed.clear()
  }

  async #warmUp(role: ArmRole) {
    const { settings, sampler, warmUp } = this.#parts
    const { batch_size: count, shuffle } = settings.warm_up[role]
    const seed = shuffle ? this.#seed('warm_up', ARM_ROLES.indexOf(role)) : null
    const place = { seed, from: this.#step * count, count }
    const { loss, gradientNorm, learningRate, tokens, seconds } = await warmUpStep(
      this.#trainer(role),
      sampler,
      warmUp[role],
      place,
    )
    return {
      phase: `warm_up_${role}`,
      metrics: {
        ...{ loss, gradient_norm: gradientNorm, learning_rate: learningRate, tokens },
        tokens_per_second: seconds > 0 ? tokens / seconds : null,
      },
      samples: [],
      seconds: { rollout: 0, reward: 0, update: seconds },
    }
  }

  async #alternate(phase: Exclude<Phase, { kind: 'warm_up' }>, signal: AbortSignal) {
    const { parts } = this.#parts
    for (const role of ARM_ROLES) await this.#handOver(role)
    const place = (role: ArmRole) => ({
      trainer: this.#trainer(role),
      reference: this.#references.get(role)?.parameters ?? null,
      planned: this.#planned(role),
    })
    const roles: StepRoles = { judge: place('judge'), generator: place('generator') }
    const seed = this.#seed(phase.kind, phase.part)
    const at = { kind: phase.kind, pairs: parts[phase.part] ?? [], step: this.#step, seed }
    const report = await alternationStep(this.#parts, roles, this.#rubrics, at, signal)
    return { ...report, phase: phase.kind === 'again' ? 'judge' : phase.kind }
  }

  async #handOver(role: ArmRole): Promise<void> {
    const trainer = this.#trainer(role)
    if (this.#handed.get(role) === trainer.updates) return
    const { sampler, scratch } = this.#parts
    await syncPolicy({ role, trainer, sampler, scratch })
    this.#handed.set(role, trainer.updates)
  }

  #seed(use: keyof typeof USES, place: number): number {
    return derivedSeed(this.#parts.settings.seed, USES[use], place)
  }

  /** Steps of the alternation before this one that were to train a role. */
  #planned(role: ArmRole): number {
    const { phases } = this.#parts
    const under = phases.slice(this.#phase, this.#phase + 1).map((phase) => ({ ...phase, steps: this.#step }))
    return stepsTraining(role, [...phases.slice(0, this.#phase), ...under])
  }

  #trainer(role: ArmRole): Trainer {
    const trainer = this.#roles.get(role)
    if (trainer) return trainer
    throw new TypeError(`there is no trainer of the ${role}`)
  }
}

async function openRoles(
  { openTrainer }: Pick<RubricArmParts, 'openTrainer'>,
  stage: Stage,
): Promise<Map<ArmRole, Trainer>> {
  const roles = new Map<ArmRole, Trainer>()
  for (const role of ARM_ROLES) roles.set(role, await openTrainer(role, stage))
  return roles
}
