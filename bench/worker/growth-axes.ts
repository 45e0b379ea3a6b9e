import { groupWorkload, pairWorkload, SIZES, type Speech, type Workload } from './workload.ts'

/** Along what judging grows. */
export type Axis = {
  name: string
  values: readonly number[]
  make: (speech: Speech, value: number, name: string) => Workload
}

/** Text is the shared part and both responses, an eighth of it shared. */
export const AXES: readonly Axis[] = [
  {
    name: 'criteria',
    values: [1, 2, 4, 8, 16, 32],
    make: (speech, criteria, name) => pairWorkload(speech, { ...SIZES, criteria }, name),
  },
  {
    name: 'responses in a group',
    values: [2, 4, 8, 16],
    make: (speech, responses, name) => groupWorkload(speech, SIZES, responses - 1, name),
  },
  {
    name: 'tokens of text',
    values: [256, 512, 1024, 2048, 4096],
    make: (speech, tokens, name) =>
      pairWorkload(speech, { ...SIZES, shared: tokens / 8, response: (7 * tokens) / 16 }, name),
  },
]

/** One point of a plot: what was measured at `at` along `by`. */
export type Point = { by: string; at: number; name: string; value: number }
