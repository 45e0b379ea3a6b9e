import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Sampler } from '../../../gpu-worker/train/sampler.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import {
  type ArmName,
  type Condition,
  givenRubrics,
  nameOf,
  pairsOf,
  type Rubrics,
  requestsFor,
  SECRET,
  type Shown,
  type Study,
  UNTRAINED,
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
  study: Study
  /** Where what was measured is kept, and each arm's run lies. */
  folder: string
  folderOf: (arm: ArmName) => string
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
  const load = async (arm: ArmName, role: 'judge' | 'generator') => {
    if (arm === UNTRAINED) return null
    const name = `${arm} ${role}`
    await sampler.load(name, join(measuring.folderOf(arm), 'adapters', role))
    return name
  }
  async function writtenBy(arm: ArmName): Promise<Rubrics> {
    const found = known.get(arm)
    if (found) return found
    const wanted = requestsFor(arm, measuring.study, heldOut, aside)
    const role = await load(arm, 'generator')
    const texts = await writeRubrics(sampler, role, heldOut, wanted, TOKENS.rubric)
    known.set(arm, [...texts])
    await keep({ rubrics: arm, texts })
    return texts
  }
  async function rubricsOf({ judge, rubrics: source }: Condition): Promise<Rubrics> {
    if (typeof source !== 'string') return writtenBy(source.of)
    return givenRubrics(source, heldOut, source === 'shuffled' ? await writtenBy(judge) : [])
  }

  for (const condition of measuring.study.conditions) {
    const name = nameOf(condition)
    const pairs = pairsOf(condition, heldOut, aside)
    const done = lines
      .flatMap((line) => piece.safeParse(line).data ?? [])
      .filter((one) => one.condition === name)
    const from = done.reduce((sum, { right }) => sum + right.length, 0)
    if (from >= pairs.length) continue
    const rubrics = await rubricsOf(condition)
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
