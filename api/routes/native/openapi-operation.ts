import type * as z from 'zod'

/** One method of a path, as the document is made from it. */
export type Operation = {
  summary: string
  tag: 'native' | 'openai' | 'anthropic' | 'rlhf' | 'inference'
  body?: z.ZodType
  /** A body that is multipart/form-data. */
  form?: z.ZodType
  reply: z.ZodType
  status?: '201'
  /** The answer may also be server-sent events. */
  streams?: true
  path?: z.ZodObject
  query?: z.ZodObject
  headers?: z.ZodObject
}

export type Operations = Record<
  string,
  { get?: Operation; post?: Operation; put?: Operation; delete?: Operation }
>
