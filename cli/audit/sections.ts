import { agreement } from './agreement.ts'
import { format, padding } from './alterations.ts'
import type { Section } from './audit.ts'
import { calibration } from './calibration.ts'
import { cascade } from './cascade.ts'
import { injection } from './injection.ts'
import { length } from './length.ts'
import { position } from './position.ts'
import { rates } from './rates.ts'
import { selfPreference } from './self-preference.ts'
import { stability } from './stability.ts'

/** Every topic of the report, in its order: what costs no further judgment first. */
export const SECTIONS: readonly Section[] = [
  rates,
  position,
  length,
  selfPreference,
  calibration,
  agreement,
  cascade,
  format,
  padding,
  injection,
  stability,
]
