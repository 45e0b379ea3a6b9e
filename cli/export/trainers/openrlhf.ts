import { COMMON, GRPO, PROMPT_TOKENS, REWARDS } from '../hyperparameters.ts'
import { script, word } from './shell.ts'
import type { Trainer } from './trainer.ts'

/** OpenRLHF from 0.10.2 on, whose flags are dotted; it calls a reward URL by itself. */
export const openrlhf: Trainer = {
  row: ({ id, messages, label }) => ({ id, prompt: messages, label }),
  config({ name, part, data, output, model }, url) {
    const { group, prompts, completion } = GRPO[name]
    const reward = `${url}/rlhf/openrlhf?protocol=${encodeURIComponent(REWARDS[name])}`
    const flags: [string, ...(string | number)[]][] = [
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
      ['--actor.eps_clip_low_high', COMMON.clipLow, COMMON.clipHigh],
      ['--algo.advantage.estimator', 'group_norm'],
      ['--algo.kl.use_loss'],
      ['--algo.kl.estimator', 'k3'],
      ['--algo.kl.init_coef', COMMON.klBeta],
      ['--actor.num_gpus_per_node', 8],
      ['--ref.num_gpus_per_node', 8],
      ['--vllm.num_engines', 8],
      ['--ckpt.output_dir', output],
    ]
    const lines = flags.map(([flag, ...values]) => [flag, ...values.map(word)].join(' '))
    const text = script(`Rubric-ARM, part ${part}: the ${name}, by OpenRLHF.`, {}, [
      'python3 -m openrlhf.cli.train_ppo_ray',
      ...lines,
    ])
    return { extension: 'sh', text, run: (file) => `bash ${file}` }
  },
  python: false,
  notes: [
    'The flags are those of OpenRLHF 0.10.2 and later.',
    'Qwen3 thinks unless told not to, and the paper trains with thinking off: train a checkpoint whose chat template has it off.',
  ],
}
