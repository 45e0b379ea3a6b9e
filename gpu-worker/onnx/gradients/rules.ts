import { ACTIVATIONS } from './activations.ts'
import { ELEMENTWISE } from './elementwise.ts'
import { INDEXING } from './indexing.ts'
import { LAYOUT } from './layout.ts'
import { NORMALISATION } from './normalisation.ts'
import { PRODUCTS } from './products.ts'
import { REDUCTIONS } from './reductions.ts'
import type { Rules } from './rule.ts'

/** The backward rule of every operator that can be differentiated, by its name. */
export const RULES: Rules = {
  ...ELEMENTWISE,
  ...ACTIVATIONS,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...LAYOUT,
  ...INDEXING,
  ...NORMALISATION,
}
