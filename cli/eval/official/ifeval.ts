import type { Finding } from '../../finding.ts'
import type { Results } from '../task.ts'

/**
 * IFEval's four figures: prompts whose instructions are all followed, and instructions followed, strict and loose.
 * An instruction that could not be checked is not followed, and counted apart.
 */
export function instructionAccuracy(
  prompts: { id: string; instructions: string[] }[],
  results: Results,
): Finding[] {
  const checked = prompts.map(({ id, instructions }) => {
    const result = results(id)
    const passed = result?.task === 'check' ? result.passed : []
    return {
      strict: passed.slice(0, instructions.length),
      loose: passed.slice(instructions.length),
      instructions,
    }
  })
  const total = prompts.reduce((sum, { instructions }) => sum + instructions.length, 0)
  const figures = (['strict', 'loose'] as const).flatMap((mode): Finding[] => {
    const all = checked.filter((one) => one[mode].length > 0 && one[mode].every((passed) => passed === true))
    const followed = checked.reduce(
      (sum, one) => sum + one[mode].filter((passed) => passed === true).length,
      0,
    )
    return [
      { name: `prompts, ${mode}`, value: all.length / prompts.length, unit: 'share', of: prompts.length },
      { name: `instructions, ${mode}`, value: followed / total, unit: 'share', of: total },
    ]
  })
  const unsure = checked.reduce(
    (sum, { strict }) => sum + strict.filter((passed) => passed === null).length,
    0,
  )
  return [
    ...figures,
    { name: 'instructions that could not be checked', value: unsure, unit: 'number', of: total },
  ]
}
