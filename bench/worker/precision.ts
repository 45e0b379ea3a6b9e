import { readPairs } from '../../cli/eval/layouts/layouts.ts'
import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { argmax } from '../../gpu-worker/generate/sampler.ts'
import { PRECISIONS, type Precision } from '../../gpu-worker/weights/store/plan.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { PairJudgment } from '../../shared/protocol/judgment.ts'
import { kullbackLeibler } from '../../test/parity/divergence.ts'
import { TEXTS } from '../../test/parity/texts.ts'
import { report } from '../statistics.ts'
import { judgePairs, type Question } from './questions.ts'
import { open, type Setting } from './setting.ts'

/** What is asked both ways, and of how many pairs the judgments are compared. */
const QUESTIONS = 100

/**
 * What a precision loses on real text beside float32 on the same file: KL of the next-token distributions,
 * judgments that stay the same, and how far packed scoring is from separate scoring.
 */
export async function measurePrecision(setting: Setting, pairsFile: string, count: number): Promise<void> {
  const pairs = readPairs(pairsFile).slice(0, count)
  const exact = await open(setting, setting.float32, { precision: 'float32' })
  const truth = {
    rows: await rowsOf(setting, exact),
    ...(await judgePairs(exact, pairs)),
  }
  await exact.close()
  const questions = truth.questions.slice(0, QUESTIONS)
  for (const precision of PRECISIONS) {
    const engine = await openIfPossible(setting, precision)
    if (!engine) continue
    if (precision !== 'float32') {
      reportLoss(precision, truth.rows, await rowsOf(setting, engine))
      reportAgreement(precision, truth.judgments, (await judgePairs(engine, pairs)).judgments)
    }
    await comparePacked(setting, precision, engine, questions)
    await engine.close()
  }
}

/** Null, said in a line, for a precision that this machine doesn't run. */
async function openIfPossible(setting: Setting, precision: Precision): Promise<Engine | null> {
  try {
    return await open(setting, setting.float32, { precision })
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    console.error(`${precision} was not measured: ${error.message}`)
    return null
  }
}

async function rowsOf({ speech }: Setting, engine: Engine): Promise<Float32Array[][]> {
  const texts: Float32Array[][] = []
  for (const text of TEXTS) texts.push(await engine.logprobs(speech.tokenizer.encode(text)))
  return texts
}

function reportLoss(precision: Precision, exact: Float32Array[][], rows: Float32Array[][]): void {
  const pairs = exact.flatMap((text, t) =>
    text.map((row, i) => [row, rows[t]?.[i] ?? new Float32Array()] as const),
  )
  const losses = pairs.map(([p, q]) => kullbackLeibler(p, q))
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  report({ name: `mean KL of ${precision} from float32`, value: mean, unit: 'nats/token' })
  report({ name: `largest KL of ${precision} from float32`, value: Math.max(...losses), unit: 'nats' })
  const same = pairs.filter(([p, q]) => argmax(p) === argmax(q)).length
  report({ name: `same likeliest token, ${precision}`, value: same / pairs.length, unit: 'share' })
}

function reportAgreement(precision: Precision, exact: PairJudgment[], others: PairJudgment[]): void {
  const share = (name: string, same: (a: PairJudgment, b: PairJudgment) => boolean) => {
    const count = exact.filter((judgment, i) => {
      const other = others[i]
      return other !== undefined && same(judgment, other)
    }).length
    report({ name: `${name}, ${precision} and float32`, value: count / exact.length, unit: 'share' })
  }
  share('judgments with the same winner', (a, b) => a.winner === b.winner)
  share('judgments with the same clauses', (a, b) => clauses(a) === clauses(b))
  const moves = exact.map((judgment, i) => Math.abs((judgment.score ?? 0) - (others[i]?.score ?? 0)))
  const mean = moves.reduce((sum, move) => sum + move, 0) / moves.length
  const size = exact.reduce((sum, { score }) => sum + Math.abs(score ?? 0), 0) / exact.length
  report({
    name: `mean move of a score, ${precision}`,
    value: mean,
    unit: 'score',
    against: 'mean size of a score in float32',
    ratio: mean / size,
  })
}

function clauses({ rubric }: PairJudgment): string {
  return (rubric?.criteria ?? []).map(({ id, clause }) => clause ?? id).join(' ')
}

async function comparePacked(
  setting: Setting,
  precision: Precision,
  engine: Engine,
  questions: readonly Question[],
): Promise<void> {
  const separate = await open(setting, setting.float32, { precision, cacheBytes: 0 })
  const together = await Promise.all(questions.map((question) => engine.choose(question)))
  let largest = 0
  let same = 0
  for (const [i, question] of questions.entries()) {
    const alone = (await separate.choose(question)).probabilities
    const packed = together[i]?.probabilities ?? []
    largest = Math.max(largest, ...alone.map((p, c) => Math.abs(p - (packed[c] ?? Number.NaN))))
    if (argmax(Float32Array.from(alone)) === argmax(Float32Array.from(packed))) same++
  }
  await separate.close()
  const against = 'each question by itself, nothing cached'
  report({
    name: `packed scoring, ${precision}: largest difference of a probability`,
    value: largest,
    unit: '',
    against,
  })
  report({
    name: `packed scoring, ${precision}: same verdicts`,
    value: same / questions.length,
    unit: 'share',
    against,
  })
}
