import { COMMON, GRPO, PROMPT_TOKENS, REWARDS } from '../hyperparameters.ts'
import { script, word } from './shell.ts'
import type { Trainer } from './trainer.ts'

const GPUS = 8

/** ms-swift's GRPO, which takes its reward from a plugin. */
export const msSwift: Trainer = {
  row: ({ messages, label }, phase) => ({ messages, label, protocol: REWARDS[phase] }),
  config({ name, part, data, output, model }, url) {
    const { group, prompts, completion } = GRPO[name]
    const options: Record<string, string | number> = {
      rlhf_type: 'grpo',
      model,
      tuner_type: 'full',
      torch_dtype: 'bfloat16',
      dataset: data,
      external_plugins: 'plumbline_reward.py',
      reward_funcs: 'plumbline',
      num_generations: group,
      per_device_train_batch_size: group,
      gradient_accumulation_steps: (prompts * group) / (group * GPUS),
      max_length: PROMPT_TOKENS[name],
      max_completion_length: completion,
      num_train_epochs: COMMON.epochs,
      num_iterations: COMMON.innerIterations,
      learning_rate: COMMON.learningRate,
      lr_scheduler_type: 'constant',
      temperature: COMMON.temperature,
      loss_type: 'grpo',
      epsilon: COMMON.clipLow,
      epsilon_high: COMMON.clipHigh,
      beta: COMMON.klBeta,
      enable_thinking: 'false',
      use_vllm: 'true',
      vllm_mode: 'colocate',
      deepspeed: 'zero3',
      output_dir: output,
    }
    const lines = Object.entries(options).map(([key, value]) => `--${key} ${word(value)}`)
    const text = script(
      `Rubric-ARM, part ${part}: the ${name}, by ms-swift.`,
      { PLUMBLINE_URL: url, NPROC_PER_NODE: String(GPUS) },
      ['swift rlhf', ...lines],
    )
    return { extension: 'sh', text, run: (file) => `bash ${file}` }
  },
  python: true,
  notes: ['The options are those of ms-swift 4; in 3 tuner_type is called train_type.'],
}
