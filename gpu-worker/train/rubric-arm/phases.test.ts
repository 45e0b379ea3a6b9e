import { describe, expect, test } from 'vitest'
import { rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import { type Phase, pairsOfStep, phasesOf, stepsTraining } from './phases.ts'

const counts = { examples: { judge: 100, generator: 30 }, parts: [64, 60] }
const shown = (phases: Phase[]) =>
  phases.map((phase) => [phase.kind, phase.kind === 'warm_up' ? phase.role : phase.part, phase.steps])

describe('phases of Rubric-ARM', () => {
  test('warm both roles up, then train the judge before the generator on each part, once through it', () => {
    expect(shown(phasesOf(rubricArmSettings.parse({}), counts))).toEqual([
      ['warm_up', 'generator', 1],
      ['warm_up', 'judge', 4],
      ['judge', 0, 2],
      ['generator', 0, 2],
      ['judge', 1, 2],
      ['generator', 1, 2],
    ])
  })

  test('count the steps of the alternation that train a role', () => {
    const settings = (order: string) =>
      rubricArmSettings.parse({ order, judge: { steps: 5 }, generator: { steps: 3 } })
    const of = (order: string) => {
      const phases = phasesOf(settings(order), counts)
      return [stepsTraining('judge', phases), stepsTraining('generator', phases)]
    }
    expect(of('judge_first')).toEqual([10, 6])
    expect(of('simultaneous')).toEqual([10, 10])
    expect(of('judge_only')).toEqual([16, 0])
  })

  test('take as many steps as they are told, in the order that they are told', () => {
    const of = (order: string) => {
      const settings = rubricArmSettings.parse({ order, judge: { steps: 5 }, generator: { steps: 3 } })
      return shown(phasesOf(settings, { ...counts, examples: { judge: 0, generator: 0 }, parts: [9] }))
    }
    expect(of('judge_first')).toEqual([
      ['judge', 0, 5],
      ['generator', 0, 3],
    ])
    expect(of('generator_first')).toEqual([
      ['generator', 0, 3],
      ['judge', 0, 5],
    ])
    expect(of('simultaneous')).toEqual([['both', 0, 5]])
    expect(of('judge_only')).toEqual([
      ['judge', 0, 5],
      ['again', 0, 3],
    ])
  })

  test('match completions where the judge is trained in the generator’s place', () => {
    const settings = rubricArmSettings.parse({
      judge: { group_size: 8 },
      generator: { group_size: 6, prompts: 12 },
    })
    expect(pairsOfStep('judge', 'judge', settings)).toBe(32)
    expect(pairsOfStep('generator', 'generator', settings)).toBe(12)
    expect(pairsOfStep('again', 'judge', settings) * 8).toBe(2 * 6 * 12)
  })
})
