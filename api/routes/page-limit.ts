import * as z from 'zod'
import { LIMITS } from '../platform/limits.ts'

/** How many items a page of a list holds, as its query says it. */
export const pageLimit = z.coerce.number().int().min(1).max(LIMITS.maxPageSize).default(LIMITS.pageSize)
