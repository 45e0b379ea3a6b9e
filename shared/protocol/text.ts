import * as z from 'zod'

/** Text that can be hashed and encoded without loss: not empty, no lone surrogate. */
export const text = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => value.isWellFormed(), {
    message: 'holds a lone surrogate: send well-formed Unicode',
    params: { code: 'invalid_text' },
  })

/** A short name: letters, digits and `. _ : / @ -`. */
export const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/,
    'must be a short name: up to 128 letters, digits and . _ : / @ -',
  )
