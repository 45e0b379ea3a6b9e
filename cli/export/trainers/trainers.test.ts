import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { GPUS, GRPO, SFT } from '../hyperparameters.ts'
import { TRAINERS } from './trainers.ts'

const CONVERSATION = [
  { role: 'system' as const, content: 'Judge.' },
  { role: 'user' as const, content: 'Which?' },
  { role: 'assistant' as const, content: 'A.' },
]
const files = { model: 'checkpoints/a', data: 'data.jsonl', output: 'checkpoints/b' }

describe.each(Object.entries(TRAINERS))('%s', (_name, trainer) => {
  it.each(['judge', 'generator'] as const)('warms the %s up with the settings of OpenRubrics', (name) => {
    const { text, extension, run } = trainer.warmUpConfig({ ...files, name })
    const { epochs, cutoff, batch, learningRate } = SFT[name]
    for (const number of [cutoff, learningRate.toFixed(6), 0.05]) expect(text).toContain(String(number))
    expect(text).toMatch(new RegExp(`epochs\\S*[ =]${epochs}\\b`))
    expect(text).toContain('cosine')
    const steps = /accumulation_steps:? (\d+)/.exec(text)?.[1]
    const perDevice = /device_train_batch_size:? (\d+)/.exec(text)?.[1]
    if (steps) expect(Number(steps) * Number(perDevice) * GPUS).toBe(batch)
    else expect(text).toMatch(new RegExp(`train\\S*batch_size[ =]${batch}\\b`))
    if (extension === 'sh') expect(spawnSync('bash', ['-n'], { input: text }).status).toBe(0)
    expect(run(`sft/${name}.${extension}`)).toContain(`sft/${name}.${extension}`)
  })

  it('is given the whole conversation, the reply last', () => {
    const row = JSON.stringify(trainer.warmUpRow(CONVERSATION))
    expect(row.replace(/^.*?(\[)/, '$1')).toMatch(/Judge.*Which.*assistant.*A\./)
  })

  it.each(['judge', 'generator'] as const)('cuts the batch of the %s without a rest', (name) => {
    const { text } = trainer.config({ ...files, name, part: 1 }, 'http://localhost:8787')
    const { group, prompts } = GRPO[name]
    const each = (group * prompts) / GPUS
    const micro = [...text.matchAll(/micro_batch_size_per_gpu=(\d+)/g)].map(([, size]) => Number(size))
    for (const size of micro) expect(each % size).toBe(0)
    const steps = /accumulation_steps:? (\d+)/.exec(text)?.[1]
    if (steps) expect(Number(steps) * group * GPUS).toBe(group * prompts)
  })
})
