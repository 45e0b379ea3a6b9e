import type { SelectorSettings } from '../../protocol/training/alternation.ts'
import { exp3 } from './exp3.ts'
import { headroom } from './headroom.ts'
import { probe } from './probe.ts'
import { roundRobin } from './round-robin.ts'
import type { Choice, Selector, Standing } from './selector.ts'
import { slope } from './slope.ts'
import { ucb } from './ucb.ts'

type Kind = SelectorSettings['kind']
type Of<K extends Kind> = Extract<SelectorSettings, { kind: K }>

/** Every way to choose the next meta-class, one file each. */
const SELECTORS: { [K in Kind]: Selector<Of<K>> } = {
  round_robin: roundRobin,
  headroom,
  slope,
  probe,
  ucb,
  exp3,
}

/** What the selector of the settings chooses. */
export function select<K extends Kind>(settings: Of<K> & { kind: K }, standing: Standing): Choice | null {
  return SELECTORS[settings.kind](settings, standing)
}
