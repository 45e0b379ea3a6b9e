import type { OptimiserSettings } from '../../../shared/protocol/training/training.ts'
import type { Device, DeviceTensor, Session } from '../../runtime/device.ts'
import { ADAMW_PORTS, adamwModel, SCALAR_COUNT, scalarValues, squaresModel } from './adamw-model.ts'

/** What an optimiser changes in place: flat float32 vectors of one length on one device. */
export type OptimisedVectors = {
  parameters: DeviceTensor
  first: DeviceTensor
  second: DeviceTensor
}

/** AdamW over flat vectors on a device. */
export class AdamW {
  readonly #settings: OptimiserSettings
  readonly #step: Session
  readonly #norm: Session
  readonly #scalars: DeviceTensor
  readonly #squares: DeviceTensor
  readonly #decayed: DeviceTensor

  private constructor(
    settings: OptimiserSettings,
    sessions: { step: Session; norm: Session },
    tensors: { scalars: DeviceTensor; squares: DeviceTensor; decayed: DeviceTensor },
  ) {
    this.#settings = settings
    this.#step = sessions.step
    this.#norm = sessions.norm
    this.#scalars = tensors.scalars
    this.#squares = tensors.squares
    this.#decayed = tensors.decayed
  }

  /** `decayed` says of each parameter by 1 or 0 whether weight decay pulls it; of one element, it is said of all. */
  static async open(
    device: Device,
    count: number,
    settings: OptimiserSettings,
    decayed: Float32Array = Float32Array.of(1),
  ): Promise<AdamW> {
    const open = (model: Uint8Array) =>
      device.openSession({ model, weights: { path: '', initializers: [] }, arena: 'shared' })
    const step = await open(adamwModel(count, decayed.length))
    const norm = await open(squaresModel(count))
    const mask = device.allocate('float32', [decayed.length])
    mask.write(decayed)
    return new AdamW(
      settings,
      { step, norm },
      {
        scalars: device.allocate('float32', [SCALAR_COUNT]),
        squares: device.allocate('float32', [1]),
        decayed: mask,
      },
    )
  }

  /** The gradient's Euclidean norm; not finite where one of its elements is not, or their squares' sum overflows. */
  async norm(gradient: DeviceTensor): Promise<number> {
    await this.#norm.run(
      { [ADAMW_PORTS.gradient]: gradient },
      { [ADAMW_PORTS.squares]: this.#squares },
      { brief: true },
    )
    return Math.sqrt(Number(this.#squares.read()[0]))
  }

  /**
   * The update after `updates` others, in place. `gradientNorm` is that of the gradient as it is given, which is
   * `lossScale` times the true one.
   */
  async update(
    vectors: OptimisedVectors,
    gradient: DeviceTensor,
    at: { updates: number; learningRate: number; gradientNorm: number; lossScale: number },
  ): Promise<void> {
    const { betas, epsilon, weight_decay, max_gradient_norm } = this.#settings
    const [beta1, beta2] = betas
    const t = at.updates + 1
    this.#scalars.write(
      scalarValues({
        scale: clipScale(at.gradientNorm / at.lossScale, max_gradient_norm) / at.lossScale,
        ...{ beta1, beta2, epsilon },
        rest1: 1 - beta1,
        rest2: 1 - beta2,
        step: at.learningRate / (1 - beta1 ** t),
        spread: 1 / Math.sqrt(1 - beta2 ** t),
        decay: at.learningRate * weight_decay,
      }),
    )
    const { parameters, first, second } = vectors
    await this.#step.run(
      {
        [ADAMW_PORTS.parameters]: parameters,
        [ADAMW_PORTS.first]: first,
        [ADAMW_PORTS.second]: second,
        [ADAMW_PORTS.gradient]: gradient,
        [ADAMW_PORTS.decayed]: this.#decayed,
        [ADAMW_PORTS.scalars]: this.#scalars,
      },
      {
        [ADAMW_PORTS.nextParameters]: parameters,
        [ADAMW_PORTS.nextFirst]: first,
        [ADAMW_PORTS.nextSecond]: second,
      },
    )
  }

  dispose(): void {
    for (const each of [this.#step, this.#norm, this.#scalars, this.#squares, this.#decayed]) each.dispose()
  }
}

/** What scales a gradient of a norm so that its norm is `most` at the most (arXiv 1211.5063, algorithm 1). */
export function clipScale(norm: number, most: number): number {
  return norm > most ? most / norm : 1
}
