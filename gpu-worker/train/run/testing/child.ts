import { join } from 'node:path'
import { readTrainingLines } from '../../../../shared/protocol/training/lines.ts'
import { readConversation, supervisedSettings } from '../../../../shared/protocol/training/supervised.ts'
import { openGround } from '../../ground.ts'
import { openSupervised } from '../../supervised/supervised.ts'
import { runTraining } from '../run-training.ts'

/**
 * Trains a tiny model in a process that a test may kill: `child.ts MODEL RUN STEPS` resumes the run in its folder and says
 * each step in a line. Its clock stands still, so that metrics are the same each time.
 */
const [model = '', folder = '', stepsText = ''] = process.argv.slice(2)
const now = () => 0
const never = new AbortController().signal
const ground = await openGround(
  { reference: `file:${model}`, home: join(folder, 'home'), threads: 1 },
  () => {},
  never,
)
const settings = supervisedSettings.parse({
  lora: { rank: 4, alpha: 8, dropout: 0.1 },
  optimiser: { learning_rate: 0.01, weight_decay: 0.01 },
  schedule: { kind: 'cosine', warmup: 0.2 },
  epochs: Number(stepsText) / 2,
  batch_size: 4,
  seed: 5,
})
const words = ['red', 'blue', 'green', 'say', 'twice', 'and', 'then']
const lines = Array.from({ length: 8 }, (_, i) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: words.slice(i % 5, (i % 5) + 2).join(' ') },
      { role: 'assistant', content: `${words[i % 7]} ${words[(i * 3) % 7]}` },
    ],
  }),
)
const { method } = await openSupervised({
  ...{ settings, role: 'policy', writing: ground.sampler, now },
  openTrainer: (totalUpdates) => ground.openTrainer({ settings, seed: settings.seed, totalUpdates, now }),
  examples: readTrainingLines(readConversation, lines.join('\n')),
})
await runTraining({
  ...{ folder, method, config: settings, trainedOn: { model: ground.info.digest } },
  ...{ checkpointEvery: 3, keepCheckpoints: 2, pause: never, cancel: never },
  onEvent: (event) => {
    if (event.kind === 'step') console.log(event.report.step)
  },
})
for (const trainer of method.roles.values()) trainer.dispose()
await ground.dispose()
