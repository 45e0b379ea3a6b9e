import {
  ACCUMULATED,
  COMMON,
  GPUS,
  GRPO,
  PROMPT_TOKENS,
  REWARDS,
  SFT,
  SFT_COMMON,
} from '../hyperparameters.ts'
import { script, word } from './shell.ts'
import type { Files, Script, Trainer } from './trainer.ts'

/** ms-swift, whose GRPO takes its reward from a plugin. */
export const msSwift: Trainer = {
  version: 'ms-swift 4.6.0',
  row: ({ messages, label }, phase) => ({ messages, label, protocol: REWARDS[phase] }),
  config({ name, part, ...files }, url) {
    const { group, prompts, completion } = GRPO[name]
    const options = {
      rlhf_type: 'grpo',
      ...always(files),
      external_plugins: 'plumbline_reward.py',
      reward_funcs: 'plumbline',
      num_generations: group,
      per_device_train_batch_size: group,
      gradient_accumulation_steps: prompts / GPUS,
      max_length: PROMPT_TOKENS[name],
      // cut short, a prompt would lose its instructions
      truncation_strategy: 'delete',
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
      vllm_gpu_memory_utilization: 0.4,
      sleep_level: 1,
    }
    return swift(`Rubric-ARM, part ${part}: the ${name}, by ms-swift.`, 'rlhf', options, {
      PLUMBLINE_URL: url,
    })
  },
  warmUpRow: (messages) => ({ messages }),
  warmUpConfig({ name, ...files }) {
    const { perDevice, steps } = ACCUMULATED[name]
    const options = {
      ...always(files),
      max_length: SFT[name].cutoff,
      truncation_strategy: 'right',
      num_train_epochs: SFT[name].epochs,
      per_device_train_batch_size: perDevice,
      gradient_accumulation_steps: steps,
      learning_rate: SFT[name].learningRate,
      lr_scheduler_type: SFT_COMMON.scheduler,
      warmup_ratio: SFT_COMMON.warmUp,
    }
    return swift(`Rubric-ARM, warm-up: the ${name}, by ms-swift.`, 'sft', options, {})
  },
  saved: (output) => `${output}/last-checkpoint`,
  python: true,
  notes: ['Older releases: in 3, tuner_type is called train_type, and there is no last-checkpoint.'],
}

const always = ({ model, data, output }: Files) => ({
  model,
  tuner_type: 'full',
  torch_dtype: 'bfloat16',
  dataset: data,
  deepspeed: 'zero3',
  output_dir: output,
  add_version: 'false',
  save_strategy: 'epoch',
  save_only_model: 'true',
})

function swift(
  about: string,
  command: 'rlhf' | 'sft',
  options: Record<string, string | number>,
  variables: Record<string, string>,
): Script {
  const lines = Object.entries(options).map(([key, value]) => `--${key} ${word(value)}`)
  const text = script({
    about,
    variables: { ...variables, NPROC_PER_NODE: String(GPUS) },
    command: [`swift ${command}`, ...lines],
  })
  return { extension: 'sh', text, run: (file) => `bash ${file}` }
}
