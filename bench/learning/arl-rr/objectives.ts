/** Ways to make one reward of many that are held against each other, on the same data and budget of completions. */
export const OBJECTIVES = {
  'one class a phase, probed': {
    objective: 'alternate',
    alternation: { selector: { kind: 'probe', steps: 1 } },
  },
  'one class a phase, most headroom': {
    objective: 'alternate',
    alternation: { selector: { kind: 'headroom' } },
  },
  'one class a phase, in turn': {
    objective: 'alternate',
    alternation: { selector: { kind: 'round_robin' } },
  },
  scalarised: { objective: 'scalarised' },
  'normalised by class': { objective: 'normalised' },
} as const satisfies Record<string, object>

export type ObjectiveName = keyof typeof OBJECTIVES
export const OBJECTIVE_NAMES = [
  'scalarised',
  'one class a phase, in turn',
  'one class a phase, most headroom',
  'one class a phase, probed',
  'normalised by class',
] as const satisfies readonly ObjectiveName[]
/** What all others are held against. */
export const BASELINE: ObjectiveName = 'scalarised'
