import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Criterion } from '../../protocol/rubric.ts'
import { type Met, scoreMet } from './score.ts'

const path = new URL('../../../../shared/data/paperbench_rubrics/rice.expected_result.json', import.meta.url)
const present = existsSync(path)
if (!present) console.log(`skipped: PaperBench's own scores need ${path.pathname}`)

type Node = { id: string; requirements: string; weight: number; score: number; sub_tasks: Node[] }

it.skipIf(!present)("gives every node of a PaperBench tree PaperBench's own score", () => {
  const root: Node = JSON.parse(readFileSync(path, 'utf8'))
  const toCriterion = ({ id, requirements, weight, sub_tasks }: Node): Criterion => ({
    id,
    weight,
    title: requirements,
    ...(sub_tasks.length > 0 && { criteria: sub_tasks.map(toCriterion) }),
  })
  const verdicts: Met[] = []
  const nodes: Node[] = []
  const walk = (node: Node) => {
    if (node.sub_tasks.length === 0) verdicts.push({ id: node.id, met: node.score })
    else nodes.push(node)
    node.sub_tasks.forEach(walk)
  }
  walk(root)
  expect([nodes.length, verdicts.length]).toEqual([128, 361])
  const scoreOf = ({ sub_tasks }: Node) => scoreMet(sub_tasks.map(toCriterion), verdicts, 'explicit').score
  expect(scoreOf(root)).toBe(0.18568121693121692)
  expect(nodes.filter((node) => scoreOf(node) !== node.score)).toEqual([])
})
