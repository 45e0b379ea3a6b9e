import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Sampler } from '../../../gpu-worker/train/sampler.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import {
  adapterOf,
  CONDITIONS,
  type Condition,
  givenRubrics,
  nameOf,
  pairsOf,
  type Rubrics,
  SECRET,
  type Shown,
  writeRubrics,
} from './conditions.ts'
import { FORM, type HeldOut } from './data.ts'

const PIECE = 128
const TOKENS = { rubric: 60, judgment: 48 }

/** What became of a stretch of a condition's pairs: whether the judge is right, null where it named nobody. */
const piece = z.object({ condition: z.string(), from: z.int(), right: z.array(z.boolean().nullable()) })
export type Piece = z.infer<typeof piece>
const written = z.object({ rubrics: z.string(), texts: z.array(z.string().nullable()) })

export type Measuring = {
  sampler: Sampler
  /** Of all arms of a seed; what was measured is kept in it. */
  folder: string
  heldOut: readonly HeldOut[]
  aside: number
  onPiece: (name: string, done: number, total: number) => void
  pause: AbortSignal
}

/** Measures all conditions from where that was left. False where it was paused. */
export async function measure(measuring: Measuring): Promise<boolean> {
  const { sampler, folder, heldOut, aside, pause } = measuring
  const file = join(folder, 'measured.jsonl')
  const lines = await linesOf(file)
  const keep = (line: object) => appendFile(file, `\n${JSON.stringify(line)}\n`)
  const known = new Map(
    lines.flatMap((line) => {
      const { success, data } = written.safeParse(line)
      return success ? [[data.rubrics, data.texts] as const] : []
    }),
  )
  const load = async (arm: Condition['judge'], role: 'judge' | 'generator') => {
    if (arm === 'untrained') return null
    const name = `${arm} ${role}`
    await sampler.load(name, adapterOf(folder, arm, role))
    return name
  }
  async function rubricsOf(source: Condition['rubrics']): Promise<Rubrics> {
    const found = known.get(source)
    if (found) return found
    if (source === 'oracle' || source === 'empty') return givenRubrics(source, heldOut, [])
    if (source === 'shuffled') return givenRubrics(source, heldOut, await rubricsOf('alternation'))
    const texts = await writeRubrics(sampler, await load(source, 'generator'), heldOut, TOKENS.rubric)
    known.set(source, [...texts])
    await keep({ rubrics: source, texts })
    return texts
  }

  for (const condition of CONDITIONS) {
    const name = nameOf(condition)
    const pairs = pairsOf(condition, heldOut, aside)
    const done = lines
      .flatMap((line) => piece.safeParse(line).data ?? [])
      .filter((one) => one.condition === name)
    const from = done.reduce((sum, { right }) => sum + right.length, 0)
    if (from >= pairs.length) continue
    const rubrics = await rubricsOf(condition.rubrics)
    const judge = await load(condition.judge, 'judge')
    for (let at = from; at < pairs.length; at += PIECE) {
      if (pause.aborted) return false
      const right = await judged(sampler, judge, pairs.slice(at, at + PIECE), rubrics)
      await keep({ condition: name, from: at, right } satisfies Piece)
      measuring.onPiece(name, at + right.length, pairs.length)
    }
  }
  return true
}

/** Greedy judgments. A pair whose rubric could not be read is not judged: it has no winner, as in service. */
async function judged(
  sampler: Sampler,
  role: string | null,
  pairs: readonly Shown[],
  rubrics: Rubrics,
): Promise<(boolean | null)[]> {
  const requests = await Promise.all(
    pairs.map(async ({ task, at, pair, turned }) => {
      const rubric = rubrics[at] ?? null
      const { chosen = '', rejected = '' } = task.pairs[pair] ?? {}
      if (rubric === null) return null
      const shown: [string, string] = turned ? [rejected, chosen] : [chosen, rejected]
      const criteria = rubric === '' ? [] : (FORM.readRubric(rubric).criteria ?? [])
      const prompt = [{ role: 'user' as const, content: task.prompt }]
      const messages = await FORM.judgeMessages({ prompt, shown, reference: null, criteria }, SECRET)
      return { messages, role, count: 1, maxTokens: TOKENS.judgment, temperature: 0, seed: 0 }
    }),
  )
  const samples = (await sampler.sample(requests.filter((request) => request !== null))).values()
  return requests.map((request, index) => {
    if (request === null) return null
    const [sample] = samples.next().value ?? []
    const winner = sample?.finish === 'stop' ? FORM.winner(sample.text) : null
    return winner === null ? null : (winner === 'second') === pairs[index]?.turned
  })
}

/** What was measured of a condition so far, in the order of its pairs. */
export async function outcomesOf(folder: string, condition: Condition): Promise<(boolean | null)[]> {
  const lines = await linesOf(join(folder, 'measured.jsonl'))
  return lines
    .flatMap((line) => piece.safeParse(line).data ?? [])
    .filter((one) => one.condition === nameOf(condition))
    .flatMap(({ right }) => right)
}

/** A line that was cut off by a kill is none. */
async function linesOf(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => jsonOrNull(line) ?? [])
}
