import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'
import type { Criterion } from '../../protocol/rubric.ts'
import { opposedCriteria } from './opposed.ts'

const DATA = '../shared/data'
const healthbench = `${DATA}/healthbench104/context_seeking_consensus_hard_104.jsonl`
const biggen = `${DATA}/biggen/sample_responses.json`
const paperbench = `${DATA}/paperbench_rubrics/rice.rubric.json`

const graded = z.object({ rubrics: z.array(z.object({ criterion: z.string(), points: z.number() })) })

const scored = z.object({ score_rubric: z.object({ criteria: z.string() }) })

const node = z.object({
  id: z.string(),
  requirements: z.string(),
  weight: z.number(),
  get sub_tasks() {
    return z.array(node)
  },
})
type Node = z.infer<typeof node>

const toCriterion = ({ id, requirements, weight, sub_tasks }: Node): Criterion => ({
  id,
  title: requirements,
  weight,
  ...(sub_tasks.length > 0 && { criteria: sub_tasks.map(toCriterion) }),
})

const read = (path: string) => readFileSync(path, 'utf8')

it.skipIf(!existsSync(healthbench))('refuses no rubric of HealthBench', () => {
  const rubrics = read(healthbench)
    .trim()
    .split('\n')
    .map((line) => graded.parse(JSON.parse(line)).rubrics)
  expect(rubrics).toHaveLength(104)
  for (const rubric of rubrics) {
    const criteria = rubric.map(({ criterion, points }, index) => ({
      id: `${index}`,
      title: criterion,
      points,
    }))
    expect(opposedCriteria(criteria)).toBe(null)
  }
})

it.skipIf(!existsSync(biggen))('finds no contradiction among all criteria of BiGGen together', () => {
  const rows = z.record(z.string(), scored).parse(JSON.parse(read(biggen)))
  const titles = [...new Set(Object.values(rows).map(({ score_rubric }) => score_rubric.criteria))]
  const criteria = titles.map((title, index) => ({ id: `${index}`, level: 'core', title }) as const)
  expect(titles.length).toBeGreaterThan(1)
  expect(opposedCriteria(criteria)).toBe(null)
})

it.skipIf(!existsSync(paperbench))('refuses no tree of PaperBench', () => {
  expect(opposedCriteria([toCriterion(node.parse(JSON.parse(read(paperbench))))])).toBe(null)
})
