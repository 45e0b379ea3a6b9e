import { COMMON, GRPO, REWARDS } from '../hyperparameters.ts'
import type { Trainer } from './trainer.ts'

/** Completions that a GPU holds at once, on eight of them. */
const GPUS = 8

/** TRL's GRPO by its command line, which takes its reward from a Python function. */
export const trl: Trainer = {
  row: ({ messages, label }, phase) => ({ prompt: messages, label, protocol: REWARDS[phase] }),
  config({ name, part, data, output, model }) {
    const { group, prompts, completion } = GRPO[name]
    const perDevice = group
    const text = `# Rubric-ARM, part ${part}: the ${name}, by TRL, on ${GPUS} GPUs.
model_name_or_path: ${JSON.stringify(model)}
datasets:
  - path: json
    data_files: ${JSON.stringify(data)}
    split: train
reward_funcs:
  - plumbline_reward.reward
output_dir: ${JSON.stringify(output)}
# ${prompts} prompts of ${group} completions are a batch of ${prompts * group}: ${perDevice} x ${GPUS} GPUs x ${(prompts * group) / (perDevice * GPUS)} steps
num_generations: ${group}
per_device_train_batch_size: ${perDevice}
gradient_accumulation_steps: ${(prompts * group) / (perDevice * GPUS)}
max_completion_length: ${completion}
num_train_epochs: ${COMMON.epochs}
num_iterations: ${COMMON.innerIterations}
learning_rate: ${COMMON.learningRate.toFixed(7)}
lr_scheduler_type: constant
temperature: ${COMMON.temperature.toFixed(1)}
loss_type: grpo
scale_rewards: group
epsilon: ${COMMON.clipLow}
epsilon_high: ${COMMON.clipHigh}
beta: ${COMMON.klBeta}
chat_template_kwargs:
  enable_thinking: false
bf16: true
gradient_checkpointing: true
use_vllm: true
vllm_mode: colocate
logging_steps: 1
save_strategy: epoch
`
    return {
      extension: 'yaml',
      text,
      run: (file) => `PYTHONPATH=. trl grpo --config ${file} --num_processes ${GPUS}`,
    }
  },
  python: true,
  notes: ['TRL leaves out a completion whose reward is null; no other trainer does.'],
}
