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
import type { Trainer } from './trainer.ts'

type Overrides = Record<string, string | number | boolean>

/** verl, whose GRPO takes its reward from a Python function. */
export const verl: Trainer = {
  version: 'verl 0.9.1',
  row: ({ id, messages, label }, phase) => ({
    data_source: REWARDS[phase],
    prompt: messages,
    ability: 'judging',
    reward_model: { style: 'rule', ground_truth: label },
    extra_info: { id },
  }),
  config({ name, part, data, output, model }, url) {
    const { group, prompts, completion } = GRPO[name]
    const overrides: Overrides = {
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
      'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu': MICRO_BATCH,
      'actor_rollout_ref.actor.ppo_epochs': COMMON.innerIterations,
      'actor_rollout_ref.actor.clip_ratio_low': COMMON.clipLow,
      'actor_rollout_ref.actor.clip_ratio_high': COMMON.clipHigh,
      'actor_rollout_ref.actor.use_kl_loss': true,
      'actor_rollout_ref.actor.kl_loss_coef': COMMON.klBeta,
      'actor_rollout_ref.actor.kl_loss_type': 'low_var_kl',
      'actor_rollout_ref.actor.loss_agg_mode': 'seq-mean-token-mean',
      'actor_rollout_ref.actor.checkpoint.save_contents': SAVED,
      'actor_rollout_ref.rollout.name': 'vllm',
      'actor_rollout_ref.rollout.n': group,
      'actor_rollout_ref.rollout.temperature': COMMON.temperature,
      'actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu': MICRO_BATCH,
      'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu': MICRO_BATCH,
      'reward.custom_reward_function.path': 'plumbline_reward.py',
      'reward.custom_reward_function.name': 'compute_score',
      'trainer.val_before_train': false,
      // without it nothing is saved, not even in the end
      'trainer.save_freq': 50,
      'trainer.total_epochs': COMMON.epochs,
      ...always(output, `part-${part}-${name}`),
    }
    const text = script({
      about: `Rubric-ARM, part ${part}: the ${name}, by verl.`,
      variables: { PLUMBLINE_URL: url },
      command: ['python3 -m verl.trainer.main_ppo', ...words(overrides)],
      after: [linkLast(output, 'actor/huggingface')],
    })
    return { extension: 'sh', text, run: (file) => `bash ${file}` }
  },
  warmUpRow: (messages) => ({ messages }),
  warmUpConfig({ name, data, output, model }) {
    const parquet = data.replace(/jsonl$/, 'parquet')
    const overrides: Overrides = {
      'data.train_files': parquet,
      'data.train_batch_size': SFT[name].batch,
      'data.micro_batch_size_per_gpu': ACCUMULATED[name].perDevice,
      'data.max_length': SFT[name].cutoff,
      'data.truncation': 'right',
      'data.enable_thinking_default': false,
      'data.ignore_input_ids_mismatch': true,
      'model.path': model,
      'optim.lr': SFT[name].learningRate,
      'optim.lr_scheduler_type': SFT_COMMON.scheduler,
      'optim.lr_warmup_steps_ratio': SFT_COMMON.warmUp,
      'checkpoint.save_contents': SAVED,
      'trainer.total_epochs': SFT[name].epochs,
      ...always(output, `warm-up-${name}`),
    }
    const text = script({
      about: `Rubric-ARM, warm-up: the ${name}, by verl, which reads Parquet here.`,
      before: [
        `python3 -c 'import pandas, sys; pandas.read_json(sys.argv[1], lines=True).to_parquet(sys.argv[2])' ${word(data)} ${word(parquet)}`,
      ],
      command: [
        `torchrun --standalone --nproc_per_node ${GPUS} -m verl.trainer.sft_trainer`,
        ...words(overrides),
      ],
      after: [linkLast(output, 'huggingface')],
    })
    return { extension: 'sh', text, run: (file) => `bash ${file}` }
  },
  saved: (output) => `${output}/last`,
  python: true,
  notes: [
    'Releases before the keys under reward. take the same ones as custom_reward_function.path and .name.',
    'Releases that read Parquet alone want the data converted: datasets.load_dataset("json", data_files=FILE)["train"].to_parquet(OUT).',
    'The warm-up learns the replies of Qwen3 without the empty thoughts that its template puts before them: verl formats each message by itself.',
  ],
}

/** Divides the completions that each of the GPUs gets of a batch, 28 and 36: verl refuses a rest. */
const MICRO_BATCH = 4

const SAVED = '["model","optimizer","extra","hf_model"]'

const always = (output: string, name: string): Overrides => ({
  'trainer.n_gpus_per_node': GPUS,
  'trainer.nnodes': 1,
  'trainer.test_freq': -1,
  'trainer.logger': '["console"]',
  'trainer.project_name': 'rubric-arm',
  'trainer.experiment_name': name,
  'trainer.default_local_dir': output,
})

const words = (overrides: Overrides) =>
  Object.entries(overrides).map(([key, value]) => word(`${key}=${value}`))

/** Gives the model of the last step a path that does not name the step. */
const linkLast = (output: string, model: string) =>
  `ln -sfn "global_step_$(cat ${output}/latest_checkpointed_iteration.txt)/${model}" ${output}/last`
