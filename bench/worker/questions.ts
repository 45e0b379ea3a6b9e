import type { Pair } from '../../cli/eval/task.ts'
import type { ChooseRequest, Engine } from '../../gpu-worker/generate/engine.ts'
import { startWorker } from '../../gpu-worker/worker.ts'
import { type PairJudgment, pairJudgment } from '../../shared/protocol/judgment.ts'

export type Question = Pick<ChooseRequest, 'messages' | 'choices'>

/** Judges pairs through a worker's own HTTP surface, one after the other; gives what the judge asked the model too. */
export async function judgePairs(
  engine: Engine,
  pairs: readonly Pair[],
): Promise<{ judgments: PairJudgment[]; questions: Question[] }> {
  const questions: Question[] = []
  const heard: Engine = Object.create(engine, {
    choose: {
      value: (request: ChooseRequest) => {
        questions.push({ messages: request.messages, choices: request.choices })
        return engine.choose(request)
      },
    },
    close: { value: async () => {} },
  })
  const worker = await startWorker({ engine: heard, port: 0, secret: null, open: true })
  const judgments: PairJudgment[] = []
  for (const { prompt, responses } of pairs) {
    const body = JSON.stringify({ prompt, responses, orders: 'mean' })
    const answer = await fetch(`${worker.url}/v1/judgments`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`The worker answered ${answer.status}: ${await answer.text()}`)
    judgments.push(pairJudgment.parse(await answer.json()))
  }
  await worker.close()
  return { judgments, questions }
}
