import { memoryKey } from '../model/memory.ts'
import type { Instantiation } from '../protocol/model-entry.ts'
import type { Rubric } from '../protocol/rubric.ts'
import { generate } from './generate.ts'
import { select } from './select.ts'
import type { Instantiator, RubricContext, RubricTask } from './task.ts'

const INSTANTIATORS: Record<Instantiation, Instantiator> = { generate, select }

/** The rubric of a task, made once for its prompt, pair, meta-rubric and model, however many ask. */
export async function instantiate(task: RubricTask, context: RubricContext): Promise<Rubric> {
  const { meta_rubric, ...rest } = task
  const key = await memoryKey('rubric', context.model, { ...rest, meta_rubric: meta_rubric.id })
  return context.memory.recall(key, () => INSTANTIATORS[context.model.instantiate](task, context))
}
