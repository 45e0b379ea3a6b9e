import { expect, test } from 'vitest'
import { parseCreateJob } from './create-job.ts'

const asked = { model: 'tiny', training_file: `file-${'0'.repeat(32)}` }

test('a job without a method is a supervised one, every hyperparameter written out', () => {
  expect(parseCreateJob(asked).method).toMatchObject({
    type: 'supervised',
    supervised: { hyperparameters: { epochs: 1, batch_size: 8, lora: { rank: 16 } } },
  })
})

test("OpenAI's names and its auto are understood, beside the method as within it", () => {
  const hyperparameters = { n_epochs: 3, batch_size: 'auto', learning_rate_multiplier: 2 }
  const expected = { epochs: 3, batch_size: 8, optimiser: { learning_rate: 2e-4, epsilon: 1e-8 } }
  for (const body of [
    { ...asked, hyperparameters },
    { ...asked, method: { type: 'supervised', supervised: { hyperparameters } } },
  ]) {
    expect(parseCreateJob(body).method).toMatchObject({ supervised: { hyperparameters: expected } })
  }
  const dpo = { hyperparameters: { beta: 'auto', n_epochs: 'auto' } }
  expect(parseCreateJob({ ...asked, method: { type: 'dpo', dpo } }).method).toMatchObject({
    dpo: { hyperparameters: { beta: 0.1, epochs: 1 } },
  })
})

const dpo = (hyperparameters: object) => ({ method: { type: 'dpo', dpo: { hyperparameters } } })
test.for<[unknown, string]>([
  [null, 'The body must be an object'],
  [{ training_file: asked.training_file }, "'model' must be a string"],
  [{ ...asked, training_file: 'data.jsonl' }, "'training_file' must be the id of a file"],
  [{ ...asked, n_epochs: 3 }, "Unknown field 'n_epochs'"],
  [{ ...asked, method: 'dpo' }, "'method' must be an object"],
  [{ ...asked, method: { type: 'reinforcement' } }, "'method.type' must be one of"],
  [{ ...asked, method: { type: 'dpo', supervised: {} } }, "Unknown field 'method.supervised'"],
  [{ ...asked, ...dpo({ epochs: 0 }) }, "'method.dpo.hyperparameters.epochs' must be at least 1"],
  [{ ...asked, ...dpo({ epoch: 2 }) }, "Unknown field 'method.dpo.hyperparameters.epoch'"],
  [{ ...asked, ...dpo({ epochs: 2, n_epochs: 2 }) }, "'n_epochs' says what 'epochs' says"],
  [{ ...asked, ...dpo({ learning_rate_multiplier: 1, optimiser: {} }) }, "what 'optimiser' says"],
  [{ ...asked, ...dpo({ learning_rate_multiplier: 'x' }) }, "optimiser.learning_rate' must be a number"],
  [{ ...asked, ...dpo({}), hyperparameters: {} }, "'hyperparameters' stand in 'method.dpo'"],
  [{ ...asked, suffix: 'a/b' }, "'suffix' must be up to 24 letters"],
  [{ ...asked, metadata: { a: 1 } }, "'metadata.a' must be a string"],
  [{ ...asked, integrations: [{ type: 'wandb' }] }, "'integrations.0' is not supported"],
])('%o: refused by name', ([body, sentence]) => {
  expect(() => parseCreateJob(body)).toThrow(sentence)
})
