import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { TrainingSettings } from '../../../shared/protocol/training/training.ts'
import { AdamW } from '../../nn/optimiser/adamw.ts'
import { afterOverflow, afterUpdate, FIRST_LOSS_SCALE } from '../../nn/optimiser/loss-scale.ts'
import { learningRateShare } from '../../nn/optimiser/schedule.ts'
import type { ParameterLayout } from '../../nn/training/parameter-layout.ts'
import type { Device, DeviceTensor } from '../../runtime/device.ts'
import type { Loss } from '../loss.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Trainer, TrainerState, UpdateReport } from '../trainer.ts'
import type { DecoderPass } from './decoder-pass.ts'

export type ModelTrainerParts = {
  device: Device
  layout: ParameterLayout
  settings: TrainingSettings
  /** How trees go through the decoder. */
  pass: DecoderPass
  /** The parameters to begin with, and those that stand for the decoder without any training. */
  first: Float32Array
  untrained: Float32Array
  /** Of the role, where it is known: for schedules that end. */
  totalUpdates: number | null
  /** Writes parameters for the engine to load. */
  save: (folder: string, parameters: Float32Array) => Promise<void>
  /** Milliseconds. */
  now: () => number
}

/** A trainer over a frozen decoder and one flat vector on its device. */
export class ModelTrainer implements Trainer {
  readonly #parts: ModelTrainerParts
  readonly #adamw: AdamW
  readonly #parameters: DeviceTensor
  readonly #first: DeviceTensor
  readonly #second: DeviceTensor
  readonly #gradient: DeviceTensor
  readonly #zeros: Float32Array
  #updates = 0
  #lossScale: number

  private constructor(parts: ModelTrainerParts, adamw: AdamW) {
    const { device, layout, first, settings } = parts
    this.#parts = parts
    this.#adamw = adamw
    this.#zeros = new Float32Array(layout.size)
    const vector = (values: Float32Array) => {
      const tensor = device.allocate('float32', [layout.size])
      tensor.write(values)
      return tensor
    }
    this.#parameters = vector(first)
    this.#first = vector(this.#zeros)
    this.#second = vector(this.#zeros)
    this.#gradient = vector(this.#zeros)
    this.#lossScale = settings.precision === 'float16' ? FIRST_LOSS_SCALE : 1
  }

  static async open(parts: ModelTrainerParts): Promise<ModelTrainer> {
    const { device, layout, settings } = parts
    const adamw = await AdamW.open(device, layout.size, settings.optimiser, decayed(layout))
    return new ModelTrainer(parts, adamw)
  }

  get parameterCount(): number {
    return this.#parts.layout.size
  }

  get updates(): number {
    return this.#updates
  }

  async update(trees: readonly TokenTree[], loss: Loss, planned = this.#updates): Promise<UpdateReport> {
    const { now } = this.#parts
    const began = now()
    const learningRate = this.#learningRate(planned)
    const passed = await this.#addGradient(trees, loss)
    const scaledNorm = await this.#adamw.norm(this.#gradient)
    const applied = Number.isFinite(scaledNorm)
    if (applied) {
      const vectors = { parameters: this.#parameters, first: this.#first, second: this.#second }
      await this.#adamw.update(vectors, this.#gradient, {
        updates: this.#updates,
        gradientNorm: scaledNorm,
        lossScale: this.#lossScale,
        learningRate,
      })
    }
    const gradientNorm = scaledNorm / this.#lossScale
    if (applied) {
      this.#updates++
      this.#lossScale = afterUpdate(this.#lossScale, this.#updates)
    } else {
      this.#lossScale = afterOverflow(this.#lossScale) ?? refuse(`gradient of update ${this.#updates + 1}`)
    }
    return { ...passed, gradientNorm, learningRate, applied, seconds: (now() - began) / 1000 }
  }

  async gradient(trees: readonly TokenTree[], loss: Loss): Promise<Float32Array> {
    await this.#addGradient(trees, loss)
    return floatsOf(this.#gradient).map((value) => value / this.#lossScale)
  }

  async score(trees: readonly TokenTree[], parameters?: Float32Array | null): Promise<ScoredBranch[][]> {
    const { device, layout, pass, untrained } = this.#parts
    if (parameters === undefined) return (await pass.score(trees, this.#parameters)).scores
    const others = device.allocate('float32', [layout.size])
    try {
      others.write(ofLength(parameters ?? untrained, layout.size))
      return (await pass.score(trees, others)).scores
    } finally {
      others.dispose()
    }
  }

  state(): TrainerState {
    return {
      parameters: floatsOf(this.#parameters),
      first: floatsOf(this.#first),
      second: floatsOf(this.#second),
      updates: this.#updates,
      lossScale: this.#lossScale,
    }
  }

  restore({ parameters, first, second, updates, lossScale }: TrainerState): void {
    const { size } = this.#parts.layout
    for (const vector of [parameters, first, second]) ofLength(vector, size)
    this.#parameters.write(parameters)
    this.#first.write(first)
    this.#second.write(second)
    this.#updates = updates
    this.#lossScale = lossScale
  }

  save(folder: string): Promise<void> {
    return this.#parts.save(folder, floatsOf(this.#parameters))
  }

  dispose(): void {
    for (const tensor of [this.#parameters, this.#first, this.#second, this.#gradient]) tensor.dispose()
    this.#adamw.dispose()
  }

  /** Leaves the gradient of all trees, times the loss's scale, in its vector. */
  async #addGradient(trees: readonly TokenTree[], loss: Loss) {
    this.#gradient.write(this.#zeros)
    const passed = await this.#parts.pass.train(trees, loss, {
      parameters: this.#parameters,
      gradient: this.#gradient,
      lossScale: this.#lossScale,
      update: this.#updates,
    })
    if (!Number.isFinite(passed.loss)) refuse(`loss of update ${this.#updates + 1}`, passed.scores)
    return passed
  }

  #learningRate(planned: number): number {
    const { settings, totalUpdates } = this.#parts
    return settings.optimiser.learning_rate * learningRateShare(settings.schedule, planned, totalUpdates)
  }
}

function refuse(what: string, scores: readonly (readonly ScoredBranch[])[] = []): never {
  const places = scores.flatMap((branches, tree) =>
    branches.map(({ logprobs }, branch) => ({
      tree,
      branch,
      token: logprobs.findIndex((p) => !Number.isFinite(p)),
    })),
  )
  const place = places.find(({ token }) => token !== -1)
  const where = place ? ` (text ${place.tree + 1}, reply ${place.branch + 1}, token ${place.token + 1})` : ''
  throw new PlumblineError(
    'not_finite',
    `The ${what} is not a finite number${where}, and nothing was updated: lower optimiser.learning_rate, or look at that example.`,
  )
}

/** Vectors (biases and the scales of norms) don't decay where all weights are trained; LoRA has none. */
function decayed({ kind, entries, size }: ParameterLayout): Float32Array {
  if (kind === 'lora') return Float32Array.of(1)
  const decays = new Float32Array(size)
  for (const { shape, offset } of entries) {
    const [rows = 1, columns] = shape
    if (columns !== undefined) decays.fill(1, offset, offset + rows * columns)
  }
  return decays
}

function floatsOf(tensor: DeviceTensor): Float32Array {
  const values = tensor.read()
  if (values instanceof Float32Array) return values
  throw new TypeError('vectors of parameters are float32')
}

function ofLength(vector: Float32Array, size: number): Float32Array {
  if (vector.length === size) return vector
  throw new TypeError(`a vector of ${vector.length} parameters was given where there are ${size}`)
}
