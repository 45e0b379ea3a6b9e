import type { ArmFormName } from '../../protocol/training/rubric-arm.ts'
import { BLIND_FORM } from './blind.ts'
import type { ServedForm } from './form.ts'
import { FULL_FORM } from './full.ts'
import { SMALL_FORM } from './small.ts'

export const SERVED_FORMS: Readonly<Record<ArmFormName, ServedForm>> = {
  full: FULL_FORM,
  small: SMALL_FORM,
  blind: BLIND_FORM,
}
