import type { Client } from './client.ts'

/** Every client that is run, the quick ones first. */
export const CLIENTS: readonly Client[] = [
  {
    ...{ name: 'python_package', language: 'python', plumbline: true },
    packages: ['pytest==9.2.0'],
    shows: 'the Python package: its own tests, and a batch through the service',
  },
  {
    ...{ name: 'trl', language: 'python', plumbline: true },
    packages: ['trl==1.16.0'],
    shows: 'TRL: `GRPOTrainer` trains a tiny model for four steps on `plumbline.trl.reward`',
  },
  {
    ...{ name: 'openrlhf', language: 'python', plumbline: true },
    packages: ['openrlhf==0.11.2', 'aiohttp', 'torch==2.15.0', 'transformers==5.23.0'],
    bare: ['openrlhf==0.11.2'],
    shows: 'OpenRLHF: its executor fetches rewards from the URL, and by the file of the Python package',
  },
  {
    ...{ name: 'verl', language: 'python', plumbline: true },
    packages: ['verl==0.9.1', 'torch==2.15.0', 'fastapi', 'aiohttp'],
    shows: 'verl: its loader takes `pkg://plumbline.verl`, its reward manager calls it',
  },
  {
    ...{ name: 'ms_swift', language: 'python', plumbline: true },
    packages: ['ms-swift==4.6.0', 'torch==2.15.0'],
    shows: 'ms-swift: its import of `--external_plugins`, its own computation of rewards',
  },
  {
    ...{ name: 'areal', language: 'python', plumbline: true },
    packages: ['areal==1.0.4', 'colorlog'],
    bare: ['areal==1.0.4'],
    shows: 'AReaL: `AsyncRewardWrapper` calls `plumbline.areal.reward` in its processes',
  },
  {
    ...{ name: 'axolotl', language: 'python', plumbline: true },
    packages: ['axolotl==0.19.0', 'trl==1.9.0', 'torch==2.15.0', 'addict', 'requests'],
    bare: ['axolotl==0.19.0'],
    shows: 'Axolotl: its loader of `trl.reward_funcs`',
  },
  {
    ...{ name: 'tinker', language: 'python', plumbline: true },
    packages: [
      'tinker-cookbook==0.6.1',
      'tinker>=0.38',
      'torch==2.15.0',
      'transformers==5.23.0',
      'datasets==5.2.0',
      'pillow',
      'termcolor',
      'chz',
      'blobfile',
      'rich',
      'aiohttp',
    ],
    // It asks for tml-renderers of a version that the index does not have, which these parts don't import.
    bare: ['tinker-cookbook==0.6.1'],
    shows: 'Tinker cookbook: preferences, rubrics and the rewards of a group, in its own environments',
  },
  {
    ...{ name: 'openai_python', language: 'python' },
    packages: ['openai==3.54.0'],
    shows: 'openai for Python: chat, responses, graders, evals, judges by name',
  },
  {
    ...{ name: 'openai_javascript', language: 'javascript' },
    packages: ['openai@7.57.0'],
    shows: "openai for JavaScript: chat, responses, graders, NVIDIA's reward models",
  },
  {
    ...{ name: 'inspect_ai', language: 'python' },
    packages: ['inspect-ai==0.3.285', 'openai'],
    shows: 'inspect_ai: `model_graded_qa`',
  },
  {
    ...{ name: 'autoevals', language: 'python' },
    packages: ['autoevals==0.4.1', 'openai'],
    shows: 'autoevals: `Factuality` and a classifier, which force a function call',
  },
  {
    ...{ name: 'instructor', language: 'python' },
    packages: ['instructor==1.17.0', 'openai'],
    shows: 'instructor: a pydantic model filled by a forced function call, in chat and responses',
  },
  {
    ...{ name: 'promptfoo', language: 'javascript' },
    packages: ['promptfoo@0.123.1'],
    shows: 'promptfoo: a webhook assertion and `llm-rubric`',
  },
  {
    ...{ name: 'rewardbench', language: 'python' },
    packages: [
      'rewardbench==0.1.4',
      'openai',
      'anthropic==0.49.0',
      'fschat',
      'together',
      'google-generativeai',
    ],
    bare: ['rewardbench==0.1.4'],
    shows: "rewardbench: its generative runner's pair, by OpenAI's and Anthropic's SDK",
  },
  {
    ...{ name: 'verifiers', language: 'python', plumbline: true },
    packages: ['verifiers==0.4.0'],
    shows: 'verifiers: the judge `plumbline-judge`, found by its id',
  },
  {
    ...{ name: 'nemo_gym', language: 'python', version: '3.12' },
    packages: ['nemo-gym==0.4.0'],
    shows: 'NeMo-Gym: its client of models, and its equivalence judge over `/v1/responses`',
  },
]
