import type { RubricArmRecipe } from './rubric-arm.ts'

/** A recipe: fields in the place of the schema's defaults. */
type Recipe = { readonly [field: string]: Recipe | number | string | boolean | null | readonly string[] }

/** Ways of training Rubric-ARM that are known to make sense, as plain data. */
export const RUBRIC_ARM_RECIPES: Readonly<Record<RubricArmRecipe, Recipe>> = {
  /** The paper's, for models of 8 billion parameters on GPUs (systems.md 1.3; the warm-up is OpenRubrics', 1.9). */
  paper: {
    form: 'full',
    parts: 3,
    max_tokens: 6144,
    optimiser: { learning_rate: 1e-6 },
    judge: { group_size: 7, prompts: 32, max_new_tokens: 1024, inner_iterations: 2 },
    generator: { group_size: 6, prompts: 48, max_new_tokens: 512, inner_iterations: 2 },
    warm_up: {
      judge: { epochs: 2, batch_size: 64, learning_rate: 5e-6 },
      generator: { epochs: 1, batch_size: 128, learning_rate: 8e-6 },
    },
  },
  /** For models of a hundred million parameters on a processor: short texts, short forms, adapters. */
  small: {
    form: 'small',
    parts: 3,
    max_tokens: 1280,
    text_tokens: 256,
    optimiser: { learning_rate: 5e-5 },
    judge: { group_size: 6, prompts: 8, max_new_tokens: 48, inner_iterations: 1, steps: 20 },
    generator: { group_size: 6, prompts: 8, max_new_tokens: 60, inner_iterations: 1, steps: 20 },
    warm_up: {
      judge: { epochs: 1, batch_size: 16, learning_rate: 3e-4 },
      generator: { epochs: 1, batch_size: 16, learning_rate: 3e-4 },
    },
  },
}

/** What was given, with the recipe's value for what was not; anything but an object is left for the schema to refuse. */
export function withRecipe(given: unknown): unknown {
  if (!isRecord(given)) return given
  const { recipe = 'paper' } = given
  const found = Object.entries(RUBRIC_ARM_RECIPES).find(([name]) => name === recipe)
  return found ? under(found[1], given) : given
}

/** The recipe's fields, those of objects one by one, under what was given. */
function under(
  recipe: Readonly<Record<string, unknown>>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...given }
  for (const [field, value] of Object.entries(recipe)) {
    const own = given[field]
    if (own === undefined) merged[field] = value
    else if (isRecord(own) && isRecord(value)) merged[field] = under(value, own)
  }
  return merged
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
