import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { type LlamaSpeed, openLlamaSpeed } from '../../test/parity/llama-speed.ts'
import { report } from '../statistics.ts'
import { open, type Setting } from './setting.ts'
import { race } from './turns.ts'
import { CHOICES, groupWorkload, pairWorkload, SIZES, type Workload } from './workload.ts'

const GROUP = 8
/** A group asked the naive way takes minutes: so many of its questions stand for all. */
const NAIVE_QUESTIONS = 20

/** A way to answer a workload, and the seconds that it takes. */
type Way = { name: string; setting?: string; seconds(workload: Workload): Promise<number> }

/**
 * Judgments a second on the fixed workload: all questions at once, beside the naive way (a prompt for each criterion
 * and order, one by one, nothing shared) on the same engine and on llama.cpp.
 */
export async function measureJudging(setting: Setting): Promise<void> {
  const { speech, quantised, threads, rounds } = setting
  const engine = await open(setting, quantised, { precision: 'int4' })
  const alone = await open(setting, quantised, { precision: 'int4', cacheBytes: 0 })
  const llama = { path: quantised, threads, sequences: 1, context: 2048 }
  const attentive = await openLlamaSpeed({ ...llama, flashAttention: true })
  const plain = await openLlamaSpeed({ ...llama, flashAttention: false })
  const ours = { name: 'ours', seconds: together(engine) }
  const rivals: Way[] = [
    { name: 'the naive way on the same engine', seconds: oneByOne(alone) },
    { name: 'the naive way on llama.cpp Q4_0', setting: 'flash attention on', seconds: onLlama(attentive) },
    { name: 'the naive way on llama.cpp Q4_0', setting: 'flash attention off', seconds: onLlama(plain) },
  ]
  const measure = async (title: string, judgments: number, make: (name: string) => Workload) => {
    reportBound(title, make('bound'))
    const contestant = (way: Way) => ({
      ...way,
      run: async (round: number) => judgments / (await way.seconds(make(`${title} ${round}`))),
    })
    await race(title, 'judgments/s', rounds, contestant(ours), rivals.map(contestant))
  }
  await measure('a pair, 10 criteria, both orders', 1, (name) => pairWorkload(speech, SIZES, name))
  const group = `${GROUP} responses beside one anchor, 10 criteria, both orders`
  await measure(group, GROUP, (name) => groupWorkload(speech, SIZES, GROUP, name))
  await Promise.all([engine.close(), alone.close(), attentive.close(), plain.close()])
}

function together(engine: Engine): Way['seconds'] {
  return ({ questions }) =>
    secondsOf(() => Promise.all(questions.map((messages) => engine.choose({ messages, choices: CHOICES }))))
}

function oneByOne(engine: Engine): Way['seconds'] {
  return async ({ questions }) => {
    const asked = questions.slice(0, NAIVE_QUESTIONS)
    const seconds = await secondsOf(async () => {
      for (const messages of asked) await engine.choose({ messages, choices: CHOICES })
    })
    return (seconds / asked.length) * questions.length
  }
}

function onLlama(llama: LlamaSpeed): Way['seconds'] {
  return async ({ prompts }) => {
    const asked = prompts.slice(0, NAIVE_QUESTIONS)
    let seconds = 0
    for (const prompt of asked) seconds += await llama.ask(prompt)
    return (seconds / asked.length) * prompts.length
  }
}

/** What sharing can gain at the most, if every token costs the same. */
function reportBound(title: string, { trieTokens, naiveTokens }: Workload): void {
  report({
    name: `${title}: tokens, what prompts begin with alike computed once`,
    value: trieTokens,
    unit: 'tokens',
    against: 'tokens of the naive prompts (the ratio is theirs to ours)',
    ratio: naiveTokens / trieTokens,
  })
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
