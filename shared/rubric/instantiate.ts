import type { LanguageModel } from '../model/language-model.ts'
import { memoryKey } from '../model/memory.ts'
import type { Instantiation } from '../protocol/model-entry.ts'
import type { Rubric } from '../protocol/rubric.ts'
import { ARM_GENERATORS } from '../rubric-arm/generator.ts'
import { generate } from './generate.ts'
import { select } from './select.ts'
import type { Instantiator, RubricContext, RubricTask } from './task.ts'

const INSTANTIATORS: Record<Instantiation, Instantiator> = { generate, select }

/** The rubric of a task, made once for its prompt, pair, meta-rubric and model, however many ask. */
export async function instantiate(task: RubricTask, context: RubricContext): Promise<Rubric> {
  const makers = task.form === 'rubric-arm' ? ARM_GENERATORS : INSTANTIATORS
  const make = () => makers[context.model.instantiate](task, context)
  return context.memory.recall(await rubricKey(task, context.model), make)
}

/** The key that a task's rubric is remembered under. */
export function rubricKey(
  { meta_rubric, ...rest }: RubricTask,
  model: Pick<LanguageModel, 'identity' | 'instantiate'>,
): Promise<string> {
  return memoryKey('rubric', model, { ...rest, meta_rubric: meta_rubric.id })
}
