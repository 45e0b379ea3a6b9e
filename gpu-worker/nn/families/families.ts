import type { Family } from './family.ts'
import { llama } from './llama.ts'

export const FAMILIES: readonly Family[] = [llama]
