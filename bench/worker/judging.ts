import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { openLlamaSpeed } from '../../test/parity/llama-speed.ts'
import { report } from '../statistics.ts'
import { open, type Setting } from './setting.ts'
import { race } from './turns.ts'
import { CHOICES, groupWorkload, pairWorkload, SIZES, type Workload } from './workload.ts'

const GROUP = 8
/** A group asked the naive way takes minutes: this many of its questions stand for all. */
const NAIVE_SAMPLE = 20

/**
 * Judgments a second on the fixed workload: all questions at once, beside the naive way (a prompt for each
 * criterion and order, one by one, nothing shared) on the same engine and on llama.cpp.
 */
export async function measureJudging(setting: Setting): Promise<void> {
  const precision = 'int4'
  const engine = await open(setting, setting.quantised, { precision })
  const naive = await open(setting, setting.quantised, { precision, cacheBytes: 0 })
  const { threads, speech, rounds } = setting
  const llamas = await Promise.all(
    [true, false].map(async (flashAttention) => {
      const options = { path: setting.quantised, threads, sequences: 1, context: 2048, flashAttention }
      return { flashAttention, llama: await openLlamaSpeed(options) }
    }),
  )
  const judge = async (name: string, judgments: number, make: (name: string) => Workload, sample: number) => {
    const bound = make('bound')
    report({
      name: `${name}: tokens to compute, each shared beginning once`,
      value: bound.trieTokens,
      unit: 'tokens',
      against: 'tokens of the naive prompts (the ratio bounds the gain from sharing)',
      ratio: bound.naiveTokens / bound.trieTokens,
    })
    const some = (round: number) => make(`${name} ${round}`)
    const share = (workload: Workload) => judgments * (sample / workload.prompts.length)
    await race(
      name,
      'judgments/s',
      rounds,
      {
        name: 'ours',
        run: async (round) => {
          const { questions } = some(round)
          return judgments / (await seconds(() => Promise.all(questions.map((each) => ask(engine, each)))))
        },
      },
      [
        {
          name: 'the naive way on the same engine',
          run: async (round) => {
            const workload = some(round)
            const asked = workload.questions.slice(0, sample)
            return (
              share(workload) /
              (await seconds(async () => {
                for (const question of asked) await ask(naive, question)
              }))
            )
          },
        },
        ...llamas.map(({ flashAttention, llama }) => ({
          name: 'the naive way on llama.cpp Q4_0',
          setting: `flash attention ${flashAttention ? 'on' : 'off'}`,
          run: async (round: number) => {
            const workload = some(round)
            let time = 0
            for (const prompt of workload.prompts.slice(0, sample)) time += await llama.ask(prompt)
            return share(workload) / time
          },
        })),
      ],
    )
  }
  await judge('a pair, 10 criteria, both orders', 1, (name) => pairWorkload(speech, SIZES, name), 20)
  await judge(
    `a group of ${GROUP} with a shared anchor, 10 criteria, both orders`,
    GROUP,
    (name) => groupWorkload(speech, SIZES, GROUP, name),
    NAIVE_SAMPLE,
  )
  await Promise.all([engine.close(), naive.close(), ...llamas.map(({ llama }) => llama.close())])
}

function ask(engine: Engine, messages: Workload['questions'][number]) {
  return engine.choose({ messages, choices: CHOICES })
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
