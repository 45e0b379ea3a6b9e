import type * as z from 'zod'
import { arlRrSettings } from '../../shared/protocol/training/arl-rr.ts'
import { dpoSettings } from '../../shared/protocol/training/dpo.ts'
import type { MethodType } from '../../shared/protocol/training/methods.ts'
import { pairwiseSettings } from '../../shared/protocol/training/pairwise.ts'
import { recordedSettings } from '../../shared/protocol/training/recorded.ts'
import { rubricArmSettings } from '../../shared/protocol/training/rubric-arm.ts'
import { RUBRIC_ARM_RECIPES } from '../../shared/protocol/training/rubric-arm-recipes.ts'
import { supervisedSettings } from '../../shared/protocol/training/supervised.ts'
import { trainingSettings } from '../../shared/protocol/training/training.ts'
import { renderTable, type Setting, settingsOf } from './settings-table.ts'

/** The schema of each method's hyperparameters. */
const METHODS: Record<MethodType, z.ZodType> & Record<string, z.ZodType> = {
  supervised: supervisedSettings,
  dpo: dpoSettings,
  rubric_arm: rubricArmSettings,
  arl_rr: arlRrSettings,
  pairwise: pairwiseSettings,
  recorded: recordedSettings,
}

/** `docs/training-settings.md`: every hyperparameter of every method, from the schemas that check them. */
export function trainingSettingsPage(): string {
  const shared = settingsOf(trainingSettings)
  const methods = Object.entries(METHODS).map(
    ([name, schema]) => `## \`${name}\`\n\n${renderTable(without(settingsOf(schema), shared))}`,
  )
  return `# Hyperparameters of training

Written by \`npm run docs\` from the schemas in \`shared/protocol/training\`, which refuse every other name and every other value by name. [What each method does](training.md).

## All methods

${renderTable(shared)}

${methods.join('\n\n')}

## Recipes of \`rubric_arm\`

What \`recipe\` stands for, where a job does not say otherwise; the table above shows \`paper\`.

\`\`\`json
${JSON.stringify(RUBRIC_ARM_RECIPES, null, 2)}
\`\`\`
`
}

/** A method's own rows, and those that it begins otherwise. */
function without(settings: readonly Setting[], shared: readonly Setting[]): Setting[] {
  const known = new Map(shared.map((setting) => [setting.name, setting]))
  return settings.filter((setting) => known.get(setting.name)?.initial !== setting.initial)
}
