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
import type { Script, Trainer } from './trainer.ts'

type Flag = [string, ...(string | number)[]]

/** OpenRLHF with its dotted flags; it calls a reward URL by itself. */
export const openrlhf: Trainer = {
  version: 'OpenRLHF 0.11.2',
  row: ({ id, messages, label }) => ({ id, prompt: messages, label }),
  config({ name, part, data, output, model }, url) {
    const { group, prompts, completion } = GRPO[name]
    const reward = `${url}/rlhf/openrlhf?protocol=${encodeURIComponent(REWARDS[name])}`
    return run(
      `Rubric-ARM, part ${part}: the ${name}, by OpenRLHF.`,
      'python3 -m openrlhf.cli.train_ppo_ray',
      [
        ['--actor.model_name_or_path', model],
        ['--reward.remote_url', reward],
        ['--data.prompt_dataset', data],
        ['--data.input_key', 'prompt'],
        ['--data.label_key', 'label'],
        ['--data.apply_chat_template'],
        ['--data.max_len', PROMPT_TOKENS[name] + completion],
        ['--rollout.max_new_tokens', completion],
        ['--rollout.n_samples_per_prompt', group],
        ['--rollout.batch_size', prompts],
        ['--rollout.temperature', COMMON.temperature],
        ['--train.batch_size', prompts * group],
        ['--train.max_epochs', COMMON.innerIterations],
        ['--train.num_episodes', COMMON.epochs],
        ['--train.colocate_all'],
        ['--actor.adam.lr', COMMON.learningRate],
        ['--actor.lr_scheduler', 'constant'],
        ['--actor.eps_clip_low_high', COMMON.clipLow, COMMON.clipHigh],
        ['--actor.loss_agg_mode', 'seq-mean-token-mean'],
        ['--actor.gradient_checkpointing_enable'],
        ['--algo.advantage.estimator', 'group_norm'],
        ['--algo.kl.use_loss'],
        ['--algo.kl.estimator', 'k3'],
        ['--algo.kl.init_coef', COMMON.klBeta],
        ['--actor.num_gpus_per_node', GPUS],
        ['--ref.num_gpus_per_node', GPUS],
        ['--ds.zero_stage', 3],
        ['--ds.enable_sleep'],
        ['--vllm.num_engines', GPUS],
        ['--vllm.enable_sleep'],
        ['--vllm.gpu_memory_utilization', 0.5],
        ['--ckpt.output_dir', output],
      ],
    )
  },
  warmUpRow: (messages) => ({ messages }),
  warmUpConfig({ name, data, output, model }) {
    const command = `deepspeed --num_gpus ${GPUS} --module openrlhf.cli.train_sft`
    return run(`Rubric-ARM, warm-up: the ${name}, by OpenRLHF.`, command, [
      ['--model.model_name_or_path', model],
      ['--model.gradient_checkpointing_enable'],
      ['--data.dataset', data],
      ['--data.input_key', 'messages'],
      ['--data.apply_chat_template'],
      ['--data.max_len', SFT[name].cutoff],
      ['--train.max_epochs', SFT[name].epochs],
      ['--train.batch_size', SFT[name].batch],
      ['--train.micro_batch_size', ACCUMULATED[name].perDevice],
      ['--adam.lr', SFT[name].learningRate],
      ['--lr_scheduler', SFT_COMMON.scheduler],
      ['--lr_warmup_ratio', SFT_COMMON.warmUp],
      ['--ds.zero_stage', 3],
      ['--ckpt.output_dir', output],
    ])
  },
  saved: (output) => output,
  python: false,
  notes: [
    'Releases before 0.10.2 have other flags.',
    'Qwen3 thinks unless told not to, and the paper trains with thinking off: OpenRLHF has no flag for it, so train a checkpoint whose chat template has it off.',
    'OpenRLHF cuts off the beginning of a prompt that is too long, and with it the instructions: leave such pairs out.',
  ],
}

function run(about: string, command: string, flags: Flag[]): Script {
  const lines = flags.map(([flag, ...values]) => [flag, ...values.map(word)].join(' '))
  return {
    extension: 'sh',
    text: script({ about, command: [command, ...lines] }),
    run: (file) => `bash ${file}`,
  }
}
