import type { Ground } from '../ground.ts'
import type { Trainer } from '../trainer.ts'

/** A ground whose trainers do all that they do, and forget what they learnt after each update. */
export function frozen(ground: Pick<Ground, 'sampler' | 'openTrainer'>): typeof ground {
  return {
    sampler: ground.sampler,
    openTrainer: async (options) => stubborn(await ground.openTrainer(options)),
  }
}

function stubborn(trainer: Trainer): Trainer {
  return {
    get parameterCount() {
      return trainer.parameterCount
    },
    get updates() {
      return trainer.updates
    },
    async update(trees, loss, planned) {
      const { parameters } = trainer.state()
      const report = await trainer.update(trees, loss, planned)
      trainer.restore({ ...trainer.state(), parameters })
      return report
    },
    gradient: (trees, loss) => trainer.gradient(trees, loss),
    score: (trees, parameters) => trainer.score(trees, parameters),
    state: () => trainer.state(),
    restore: (state) => trainer.restore(state),
    save: (folder) => trainer.save(folder),
    dispose: () => trainer.dispose(),
  }
}
