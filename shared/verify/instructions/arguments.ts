import * as z from 'zod'

/** A count: data files write 3 as 3 and as 3.0. */
export const count = z.int().min(0).max(10_000_000)
/** A place, counted from 1. */
export const place = z.int().min(1).max(10_000_000)
/** A word or phrase to look for, as it is written: never a pattern. */
export const phrase = z.string().min(1).max(1_000)
export const phrases = z.array(phrase).min(1).max(256)
export const passage = z.string().min(1).max(100_000)
export const percentage = z.number().min(0).max(100)
export const relation = z.enum(['less than', 'at least'])

/** How a number compares, in words and as a test. */
export function compared(relation: 'less than' | 'at least', limit: number, unit: string) {
  return {
    expected: `${relation} ${limit} ${unit}`,
    holds: (number: number) => (relation === 'less than' ? number < limit : number >= limit),
  }
}
