import { Failure } from '../../failure.ts'
import { readRows } from '../rows.ts'
import type { Pair, Suite } from '../task.ts'
import { autoj } from './autoj.ts'
import { healthbench } from './healthbench.ts'
import { ifeval } from './ifeval.ts'
import { judgebench } from './judgebench.ts'
import type { Layout, LayoutOptions } from './layout.ts'
import { llmbar } from './llmbar.ts'
import { pairs } from './pairs.ts'
import { pandalm } from './pandalm.ts'
import { rewardbench2 } from './rewardbench2.ts'
import { rmbench } from './rmbench.ts'

/** Every layout, the most telling fields first; `pairs` is what a file is held to that fits none. */
export const LAYOUTS: readonly Layout[] = [
  judgebench,
  autoj,
  pandalm,
  healthbench,
  ifeval,
  rmbench,
  rewardbench2,
  llmbar,
  pairs,
]

/** Reads a benchmark in whichever layout its first item has. Throws a `Failure` that names what is wrong, and where. */
export function readSuite(path: string, options: LayoutOptions): Suite {
  const rows = readRows(path)
  const [first] = rows
  if (!first) throw new Failure(`'${path}' holds no pair.`)
  const layout = LAYOUTS.find(({ fits }) => fits(first.value)) ?? pairs
  return layout.read(rows.slice(0, options.limit ?? rows.length), options)
}

/** The labelled pairs of a file in any layout that has them. */
export function readPairs(path: string): Pair[] {
  const suite = readSuite(path, { responses: null, rate: 'pointwise', limit: null })
  const found = suite.tasks.flatMap((task) => (task.kind === 'pair' ? [task.pair] : []))
  if (found.length === 0)
    throw new Failure(`'${path}' is in the layout of ${suite.name}, which has no pairs.`)
  return found
}
