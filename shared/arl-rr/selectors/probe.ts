import { greatest, type Selector } from './selector.ts'

/**
 * The class whose copy of the policy, trained on it for a few steps, has the greatest overall score on held-out prompts
 * (B in systems.md 2.3: what fits best the abstract's "search-based", "dynamically based on task performance").
 */
export const probe: Selector<unknown> = (_, { candidates, probes }) =>
  greatest(candidates, (metaClass) => (Object.hasOwn(probes, metaClass) ? (probes[metaClass] ?? null) : null))
