import * as z from 'zod'
import { Failure } from '../../failure.ts'
import type { Finding } from '../../finding.ts'
import { type Row, readAs } from '../rows.ts'
import type { Suite, Task } from '../task.ts'

/** What reading a benchmark may need beside its file. */
export type LayoutOptions = {
  /** Responses to be scored, by prompt or id, where the benchmark holds prompts alone. */
  responses: Row[] | null
  /** How a single response gets a number: judged by itself, or compared with the others of its prompt. */
  rate: 'pointwise' | 'openrs'
  /** Only so many of the file's items, its first; null all. */
  limit: number | null
}

/** The layout of a benchmark's file. */
export type Layout = {
  name: string
  /** What its items are called in a sentence. */
  item: string
  /** Whether the first item of a file looks like one of this layout. */
  fits(value: unknown): boolean
  read(rows: Row[], options: LayoutOptions): Suite
}

/** Ties a layout's schema to what is made of its items. */
export function defineLayout<S extends z.ZodType>(layout: {
  name: string
  item: string
  /** The fields by which an item is known. */
  keys: string[]
  schema: S
  suite(items: z.infer<S>[], options: LayoutOptions): Omit<Suite, 'name'>
}): Layout {
  const record = z.record(z.string(), z.unknown())
  return {
    name: layout.name,
    item: layout.item,
    fits: (value) => {
      const read = record.safeParse(value)
      return read.success && layout.keys.every((key) => key in read.data)
    },
    read(rows, options) {
      const suite = layout.suite(readAs(layout.schema, rows, layout.item), options)
      return { name: layout.name, ...suite, tasks: unique(suite.tasks, layout.item) }
    },
  }
}

function unique(tasks: Task[], item: string): Task[] {
  const seen = new Set<string>()
  for (const { id } of tasks) {
    if (seen.has(id)) throw new Failure(`There is the id '${id}' twice: give each ${item} its own.`)
    seen.add(id)
  }
  return tasks
}

/** Items that have no response to be scored: said, where there are any. */
export function leftOut(items: number, answered: number): Finding[] {
  const value = items - answered
  return value === 0 ? [] : [{ name: 'left out: no response', value, unit: 'number', of: items }]
}

const answer = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  prompt_id: z.string().optional(),
  prompt: z.string().optional(),
  response: z.string(),
})

/** The given responses by id and by prompt. Throws a `Failure` that names a line that is none. */
export function answersBy(rows: Row[]): Map<string, string> {
  const answers = new Map<string, string>()
  for (const { id, prompt_id, prompt, response } of readAs(answer, rows, 'response')) {
    for (const key of [id, prompt_id, prompt]) if (key !== undefined) answers.set(String(key), response)
  }
  return answers
}
