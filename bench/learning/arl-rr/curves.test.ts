import { expect, test } from 'vitest'
import type { StepReport } from '../../../gpu-worker/train/method.ts'
import { compare, curvesMarkdown, readRun, runOf } from './curves.ts'

const report = (step: number, metrics: StepReport['metrics']): StepReport => {
  return { step, phase: 'colour', metrics, samples: [], seconds: { rollout: 0, reward: 0, update: 0 } }
}
const run = (objective: 'scalarised' | 'normalised by class', seed: number, last: number) =>
  runOf(objective, seed, [
    report(1, { validation: 0, 'validation/colour': 0.2 }),
    report(2, { contraction: 0.5, budget_spent: 0.5 }),
    report(3, {
      validation: last,
      'validation/colour': last,
      contraction: 0.7,
      budget_spent: 1,
      'correlation/a~b': 0.1,
    }),
  ])

test('a curve has a point wherever a run was looked at, and objectives are compared within a seed', () => {
  const runs = [
    run('scalarised', 1, 0.5),
    run('scalarised', 2, 0.7),
    run('normalised by class', 1, 0.6),
    run('normalised by class', 2, 0.8),
  ]
  expect(runs[0]?.points).toEqual([
    { spent: 0, phase: 'colour', overall: 0, classes: { colour: 0.2 } },
    { spent: 1, phase: 'colour', overall: 0.5, classes: { colour: 0.5 } },
  ])
  expect(runs[0]).toMatchObject({ contraction: 0.6, correlations: { 'a~b': 0.1 } })
  const found = new Map(compare(runs).map((one) => [one.objective, one]))
  expect(found.get('normalised by class')?.final_less).toMatchObject({
    mean: expect.closeTo(0.1),
    low: expect.closeTo(0.1),
  })
  expect(found.get('scalarised')?.over_budget?.mean).toBeCloseTo(0.3)
  expect([...found.keys()]).toEqual(['scalarised', 'normalised by class'])
  expect(runs.map((one) => readRun(JSON.stringify(one)))).toEqual(runs)
  expect(curvesMarkdown(runs, compare(runs))).toContain('| scalarised | 60.0 [50.0, 70.0] |')
})
