import { COMMON, GRPO, PROMPT_TOKENS, REWARDS } from '../hyperparameters.ts'
import { script, word } from './shell.ts'
import type { Trainer } from './trainer.ts'

/** verl, which takes its reward from a Python function. */
export const verl: Trainer = {
  row: ({ id, messages, label }, phase) => ({
    data_source: REWARDS[phase],
    prompt: messages,
    ability: 'judging',
    reward_model: { style: 'rule', ground_truth: label },
    extra_info: { id },
  }),
  config({ name, part, data, output, model }, url) {
    const { group, prompts, completion } = GRPO[name]
    const overrides: Record<string, string | number | boolean> = {
      'algorithm.adv_estimator': 'grpo',
      'algorithm.use_kl_in_reward': false,
      'data.train_files': data,
      'data.val_files': data,
      'data.train_batch_size': prompts,
      'data.max_prompt_length': PROMPT_TOKENS[name],
      'data.max_response_length': completion,
      'data.filter_overlong_prompts': true,
      '+data.apply_chat_template_kwargs.enable_thinking': false,
      'actor_rollout_ref.model.path': model,
      'actor_rollout_ref.actor.optim.lr': COMMON.learningRate,
      'actor_rollout_ref.actor.ppo_mini_batch_size': prompts,
      'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu': 4,
      'actor_rollout_ref.actor.ppo_epochs': COMMON.innerIterations,
      'actor_rollout_ref.actor.clip_ratio_low': COMMON.clipLow,
      'actor_rollout_ref.actor.clip_ratio_high': COMMON.clipHigh,
      'actor_rollout_ref.actor.use_kl_loss': true,
      'actor_rollout_ref.actor.kl_loss_coef': COMMON.klBeta,
      'actor_rollout_ref.actor.kl_loss_type': 'low_var_kl',
      'actor_rollout_ref.actor.loss_agg_mode': 'seq-mean-token-mean',
      'actor_rollout_ref.rollout.name': 'vllm',
      'actor_rollout_ref.rollout.n': group,
      'actor_rollout_ref.rollout.temperature': COMMON.temperature,
      'actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu': 8,
      'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu': 8,
      'reward.custom_reward_function.path': 'plumbline_reward.py',
      'reward.custom_reward_function.name': 'compute_score',
      'trainer.n_gpus_per_node': 8,
      'trainer.nnodes': 1,
      'trainer.val_before_train': false,
      'trainer.test_freq': -1,
      'trainer.total_epochs': COMMON.epochs,
      'trainer.project_name': 'rubric-arm',
      'trainer.experiment_name': `part-${part}-${name}`,
      'trainer.default_local_dir': output,
    }
    const lines = Object.entries(overrides).map(([key, value]) => word(`${key}=${value}`))
    const text = script(`Rubric-ARM, part ${part}: the ${name}, by verl.`, { PLUMBLINE_URL: url }, [
      'python3 -m verl.trainer.main_ppo',
      ...lines,
    ])
    return { extension: 'sh', text, run: (file) => `bash ${file}` }
  },
  python: true,
  notes: [
    'Releases before the keys under reward. take the same ones as custom_reward_function.path and .name.',
    'Releases that read parquet alone want the data converted: datasets.load_dataset("json", data_files=FILE)["train"].to_parquet(OUT).',
    'verl keeps its own checkpoints: merge one with verl.model_merger before you serve it.',
  ],
}
