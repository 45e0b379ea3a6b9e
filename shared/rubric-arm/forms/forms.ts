import type { ArmFormName } from '../../protocol/training/rubric-arm.ts'
import type { ArmForm } from './form.ts'
import { FULL_FORM } from './full.ts'
import { SMALL_FORM } from './small.ts'

export const ARM_FORMS: Readonly<Record<ArmFormName, ArmForm>> = { full: FULL_FORM, small: SMALL_FORM }
