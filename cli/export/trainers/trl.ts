import { ACCUMULATED, COMMON, GPUS, GRPO, REWARDS, SFT, SFT_COMMON } from '../hyperparameters.ts'
import type { Files, Trainer } from './trainer.ts'

/** TRL by its command line; GRPO takes its reward from a Python function. */
export const trl: Trainer = {
  version: 'TRL 1.16.0',
  row: ({ messages, label }, phase) => ({ prompt: messages, label, protocol: REWARDS[phase] }),
  config({ name, part, ...files }) {
    const { group, prompts, completion } = GRPO[name]
    const text = `# Rubric-ARM, part ${part}: the ${name}, by TRL, on ${GPUS} GPUs.
${read(files)}
reward_funcs:
  - plumbline_reward.reward
# ${prompts} prompts of ${group} completions are a batch of ${prompts * group}: ${group} x ${GPUS} GPUs x ${prompts / GPUS} steps
num_generations: ${group}
per_device_train_batch_size: ${group}
gradient_accumulation_steps: ${prompts / GPUS}
max_completion_length: ${completion}
num_train_epochs: ${COMMON.epochs}
num_iterations: ${COMMON.innerIterations}
learning_rate: ${decimal(COMMON.learningRate)}
lr_scheduler_type: constant
temperature: ${COMMON.temperature.toFixed(1)}
loss_type: grpo
scale_rewards: group
epsilon: ${COMMON.clipLow}
epsilon_high: ${COMMON.clipHigh}
beta: ${COMMON.klBeta}
chat_template_kwargs:
  enable_thinking: false
use_vllm: true
vllm_mode: colocate
${ALWAYS}`
    return { extension: 'yaml', text, run: (file) => `PYTHONPATH=. trl grpo --config ${file} ${LAUNCH}` }
  },
  warmUpRow: (messages) => ({
    prompt: messages.slice(0, -1),
    completion: messages.slice(-1),
    chat_template_kwargs: { enable_thinking: false },
  }),
  warmUpConfig({ name, ...files }) {
    const { perDevice, steps } = ACCUMULATED[name]
    const text = `# Rubric-ARM, warm-up: the ${name}, by TRL, on ${GPUS} GPUs.
${read(files)}
max_length: ${SFT[name].cutoff}
num_train_epochs: ${SFT[name].epochs}
# a batch of ${SFT[name].batch}: ${perDevice} x ${GPUS} GPUs x ${steps} steps
per_device_train_batch_size: ${perDevice}
gradient_accumulation_steps: ${steps}
learning_rate: ${decimal(SFT[name].learningRate)}
lr_scheduler_type: ${SFT_COMMON.scheduler}
# a share of all steps, as transformers 5 reads what is below 1
warmup_steps: ${SFT_COMMON.warmUp}
${ALWAYS}`
    return { extension: 'yaml', text, run: (file) => `trl sft --config ${file} ${LAUNCH}` }
  },
  saved: (output) => output,
  python: true,
  notes: [
    'TRL leaves out a completion whose reward is null, from 1.10 on; 1.4 counts it as 0, so that plumbline_reward.py stops older releases.',
  ],
}

const LAUNCH = `--accelerate_config zero3 --num_processes ${GPUS}`

const read = ({ model, data, output }: Files) => `model_name_or_path: ${JSON.stringify(model)}
datasets:
  - path: json
    data_files: ${JSON.stringify(data)}
    split: train
output_dir: ${JSON.stringify(output)}`

const ALWAYS = `bf16: true
gradient_checkpointing: true
logging_steps: 1
save_strategy: epoch
`

/** YAML takes 1e-6 for a text. */
const decimal = (rate: number) => rate.toFixed(7)
