import type { MetaRubric } from '../protocol/rubric.ts'

/** Every meta-rubric that ships with the service, layers put together, ids computed. Loaded once. */
export async function metaRubrics(): Promise<MetaRubric[]> {
  throw new Error('metaRubrics: written in this change set')
}

/** The meta-rubric of `name@version`, or of `name` alone its newest version; null when there is none. */
export async function findMetaRubric(_reference: string): Promise<MetaRubric | null> {
  throw new Error('findMetaRubric: written in this change set')
}
