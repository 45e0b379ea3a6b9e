import type { VerifierResult } from '../../protocol/verify.ts'
import { DRAW, LOSS, type Result, WIN } from '../compare/result.ts'

/** How a text stands with all constraints: passes every one, fails one, or neither as far as can be told. */
export type Standing = 'passed' | 'failed' | 'unsure'

export function standingOf(results: VerifierResult[]): Standing {
  if (results.some(({ passed }) => passed === false)) return 'failed'
  return results.every(({ passed }) => passed === true) ? 'passed' : 'unsure'
}

/**
 * What constraints decide between two texts of a group in which one passes, row against column; null leaves it to the
 * judge. As within a pair, who passes all wins over who fails one. Two that don't pass get the floor or null whatever the
 * judge would say, so that nothing is spent on their difference.
 */
export const GUARDED: Record<Standing, Record<Standing, Result | null>> = {
  passed: { passed: null, failed: WIN, unsure: null },
  failed: { passed: LOSS, failed: DRAW, unsure: DRAW },
  unsure: { passed: null, failed: DRAW, unsure: DRAW },
}
