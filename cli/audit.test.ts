import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairJudgment } from '../shared/protocol/judgment.ts'
import type { Finding } from './finding.ts'
import { plumbline } from './testing/command.ts'
import { judged, nowhere, type Reply, type Seen, serve } from './testing/service.ts'

let folder: string
let services: { close(): Promise<unknown> }[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-audit-'))
  services = []
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all(services.map((service) => service.close()))
})

async function audit(lines: object[], answer: (seen: Seen) => Reply | Promise<Reply>, ...options: string[]) {
  const service = await serve(answer)
  services.push(service)
  const path = join(folder, 'pairs.jsonl')
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'))
  const ended = await plumbline(['audit', path, '--json', ...options], {
    env: { PLUMBLINE_URL: service.url },
  })
  if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr)
  const { sections } = JSON.parse(ended.stdout)
  const all: Finding[] = sections.flatMap(({ findings }: { findings: Finding[] }) => findings)
  const value = (name: string) => {
    const found = all.find((finding) => finding.name === name)
    if (!found) throw new Error(`no finding ${name} in ${all.map((one) => one.name)}`)
    return found.value
  }
  return { seen: service.seen, sections, value }
}

/** Half of them with the better response first; the better one says good and is the shorter one in half of them. */
const pairs = Array.from({ length: 24 }, (_, index) => {
  const better = index % 2 === 0 ? 'It is good.' : 'It is good, for reasons that take a while to tell.'
  const worse = index % 2 === 0 ? 'It is another one, and there is more to say.' : 'Another.'
  const first = index % 3 === 0
  return {
    prompt: `Question ${index}?`,
    responses: first ? [better, worse] : [worse, better],
    label: first ? 'first' : 'second',
  }
})

/** A judge whose score of a pair is given; each order shows the same preference unless `lean` says otherwise. */
function scoring(score: (first: string, second: string) => number, { lean = 0, confidence = 1 } = {}) {
  return (seen: Seen): Reply => {
    const [first, second] = seen.responses
    const difference = score(first, second)
    const order = (which: 'forward' | 'backward', value: number) => ({
      order: which,
      vote: 0,
      score: value,
      criteria: [{ id: 'c1', verdict: value, confidence: null, evidence: null, reason: null }],
    })
    const winner = difference > 0 ? 'first' : difference < 0 ? 'second' : 'tie'
    const orders = [order('forward', difference + lean), order('backward', -difference + lean)]
    return judged(seen, { winner, score: difference, confidence, orders })
  }
}

const byGood = (first: string, second: string) =>
  Number(first.includes('good')) - Number(second.includes('good'))
const byLength = (first: string, second: string) => Math.sign(first.length - second.length)

describe('plumbline audit', () => {
  it('finds nothing against a judge that is right, whatever the looks', async () => {
    const { value, seen } = await audit(pairs, scoring(byGood, { confidence: 0.98 }), '--sample', '6')
    expect(value('position bias, largest less smallest')).toBe(0)
    expect(value('right where the better is shorter')).toBe(1)
    expect(value('orders the judge: succeeds')).toBe(0)
    expect(value('said twice: net wins')).toBe(0)
    expect(value("Cohen's kappa of judge and label")).toBe(1)
    expect(value('expected calibration error')).toBeCloseTo(0.02, 9)
    expect(seen.filter(({ prompt }) => prompt === 'Question 23?')).toHaveLength(1)
  })

  it('catches a judge that likes length', async () => {
    const { value } = await audit(pairs, scoring(byLength, { confidence: 1 }), '--sample', '6')
    expect(value('correlation with length')).toBeGreaterThan(0.9)
    expect(value('right where the better is longer')).toBe(1)
    expect(value('right where the better is shorter')).toBe(0)
    expect(value('padded with phrases that say nothing: net wins')).toBe(1)
    expect(value('appeals for it: succeeds')).toBe(1)
    expect(value('expected calibration error')).toBe(0.5)
  })

  it('fits a temperature for the model entry, and none on top of one that is there already', async () => {
    const half = (calibrated: boolean) => (seen: Seen) => {
      const reply = scoring(byLength, { confidence: 0.9 })(seen)
      return reply === 'drop' ? reply : { ...reply, body: { ...(reply.body as PairJudgment), calibrated } }
    }
    const lines = pairs.map((pair, index) =>
      index < 18 ? { ...pair, responses: ['It is good.', 'No.'], label: 'first' } : pair,
    )
    const entryOf = async (calibrated: boolean) => {
      const { sections, value } = await audit(lines, half(calibrated), '--sections', 'calibration')
      return [value('temperature'), sections[0].detail.model_entry]
    }
    const [temperature, entry] = await entryOf(false)
    expect(temperature).toBeGreaterThan(1)
    expect(entry).toEqual({ calibration: { temperature, pairs: 12 } })
    expect(await entryOf(true)).toEqual([temperature, null])
  })

  it('catches a judge that likes the first place', async () => {
    const { value } = await audit(
      pairs,
      scoring(() => 0, { lean: 1 }),
      '--sections',
      'position,rates',
    )
    expect(value('right in one order, fixed')).toBeCloseTo(8 / 24, 9)
    expect(value('right in one order, flipped')).toBeCloseTo(16 / 24, 9)
    expect(value('position bias, largest less smallest')).toBeGreaterThan(0.3)
    expect(value('the response shown first wins')).toBe(1)
    expect(value('ties')).toBe(1)
  })

  it('counts errors by their code and keeps them out of every share of winners', async () => {
    const answer = scoring(byGood)
    const { value, sections } = await audit(
      pairs,
      (seen) =>
        seen.prompt === 'Question 0?'
          ? judged(seen, {
              winner: null,
              score: null,
              confidence: null,
              orders: [],
              error: { code: 'model_timeout', message: 'Too slow.', type: 'service' },
            })
          : answer(seen),
      '--sections',
      'rates,position,agreement',
    )
    expect(value('no winner (errors, abstentions)')).toBeCloseTo(1 / 24, 9)
    expect(sections[0].detail.errors).toEqual({ model_timeout: 1 })
    expect(value('right in one order, fixed')).toBe(1)
  })

  it('measures self-preference and agreement where the file tells authors and annotators', async () => {
    const lines = pairs.map((pair, index) => ({
      ...pair,
      authors: index % 2 === 0 ? ['us', 'them'] : ['them', 'us'],
      annotators: [pair.label, pair.label, index % 4 === 0 ? 'tie' : pair.label],
    }))
    const forUs = (seen: Seen) => {
      const index = Number(/\d+/.exec(seen.prompt)?.[0])
      return scoring(() => (index % 2 === 0 ? 1 : -1))(seen)
    }
    const options = ['--sections', 'self-preference,agreement', '--self', 'us']
    const { value } = await audit(lines, forUs, ...options)
    expect(value('own responses: wins by the judge less wins by the labels')).toBeGreaterThan(0.3)
    expect(value("Fleiss' kappa of the annotators")).toBeGreaterThan(0.5)
    const withJudge = value("Krippendorff's alpha with the judge among them") ?? Number.NaN
    expect(withJudge).toBeLessThan(value("Krippendorff's alpha of the annotators") ?? Number.NaN)
  })

  it('asks again with refresh for stability, and sees a winner that changes', async () => {
    let calls = 0
    const { value } = await audit(
      pairs.slice(0, 5),
      (seen) => scoring(() => (calls++ % 2 === 0 ? 1 : -1))(seen),
      ...['--sections', 'stability', '--concurrency', '1', '--repeats', '3'],
    )
    expect(calls).toBe(20)
    expect(value('same winner every time')).toBeLessThan(1)
    expect(value('clauses kept from one rubric to the next')).toBe(1)
  })

  it('weighs a cascade: what is saved at which threshold, and what the large model alone would give', async () => {
    // the small judge goes by length and is sure where that is right by luck; the large one is right and dear
    const answer = (seen: Seen) => {
      const [first, second] = seen.responses
      const lucky = byLength(first, second) === byGood(first, second)
      const large = seen.model === 'large'
      const reply = scoring(large ? byGood : byLength, { confidence: lucky ? 0.9 : 0.4 })(seen)
      if (reply === 'drop') return reply
      const cost = large ? 10 : 1
      const body = reply.body as PairJudgment
      return { ...reply, body: { ...body, usage: { ...body.usage, cost } } }
    }
    const { sections, value } = await audit(
      pairs,
      answer,
      '--sections',
      'cascade',
      '--cascade',
      'small,large',
    )
    expect(value('cost saved at no loss of accuracy')).toBeCloseTo(1 - (24 + 12 * 10) / 240, 9)
    const { thresholds, large_alone } = sections[0].detail
    expect(large_alone).toEqual({ accuracy: 1, cost: 240 })
    expect(thresholds.at(-1)).toEqual({ threshold: 1, asked_large: 1, accuracy: 1, cost: 264 })
    expect(thresholds[0]).toMatchObject({ threshold: 0.5, asked_large: 0.5, accuracy: 1 })
  })

  it('says of the limits which are broken, and writes the report', async () => {
    const service = await serve(scoring(byLength))
    services.push(service)
    const path = join(folder, 'pairs.jsonl')
    const output = join(folder, 'report.json')
    writeFileSync(path, pairs.map((line) => JSON.stringify(line)).join('\n'))
    const args = ['audit', path, '--sections', 'length,rates', '--output', output]
    const { stdout, code } = await plumbline(args, { env: { PLUMBLINE_URL: service.url } })
    expect(code).toBe(0)
    expect(stdout).toContain('! correlation with length')
    expect(stdout).toContain('1 beyond their limits (!).')
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ pairs: 24 })
  })

  it.each([
    [['--sections', 'looks'], "'looks' is none of"],
    [['--cascade', 'one'], 'Give two ids'],
    [['--target', '90'], 'Give a number from 0 to 1.'],
    [[], 'Nothing listens'],
  ])('says what is wrong with %j', async (options, sentence) => {
    const path = join(folder, 'pairs.jsonl')
    writeFileSync(path, JSON.stringify(pairs[0]))
    const { code, stderr } = await plumbline(['audit', path, ...options], {
      env: { PLUMBLINE_URL: await nowhere() },
    })
    expect(code).toBe(1)
    expect(stderr).toContain(sentence)
  })
})
