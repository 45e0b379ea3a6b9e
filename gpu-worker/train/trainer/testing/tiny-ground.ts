import { trainingSettings } from '../../../../shared/protocol/training/training.ts'
import type { TinyCheckpoint } from '../../../nn/testing/tiny-checkpoint.ts'
import type { Device } from '../../../runtime/device.ts'
import type { Trainer } from '../../trainer.ts'
import { openTrainer, type TrainerGround, type TrainerOptions } from '../open-trainer.ts'
import { SessionPool } from '../session-pool.ts'

/** A tiny model to train on, for tests. Its clock stands still. */
export class TinyGround {
  readonly ground: TrainerGround
  readonly #opened: Trainer[] = []

  private constructor(ground: TrainerGround) {
    this.ground = ground
  }

  static async open(
    device: Device,
    { config, store, checkpoint }: TinyCheckpoint,
    most?: number,
  ): Promise<TinyGround> {
    const kept = await store('float32')
    const sessions = new SessionPool(device, config, kept, most)
    return new TinyGround({ device, config, store: kept, path: checkpoint.path, sessions })
  }

  async trainer(settings: object = {}, options: Partial<TrainerOptions> = {}): Promise<Trainer> {
    const trainer = await openTrainer(this.ground, {
      settings: trainingSettings.parse({ lora: { rank: 4, alpha: 8 }, ...settings }),
      ...{ seed: 1, totalUpdates: null, base: 'tiny', now: () => 0 },
      ...options,
    })
    this.#opened.push(trainer)
    return trainer
  }

  /** And all trainers that it opened. */
  dispose(): void {
    for (const trainer of this.#opened) trainer.dispose()
    this.ground.sessions.dispose()
  }
}
