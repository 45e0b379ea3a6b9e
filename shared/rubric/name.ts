import type { MetaRubric } from '../protocol/rubric.ts'

/** `name@version`, as requests and rubrics write a meta-rubric. */
export function nameOf({ name, version }: Pick<MetaRubric, 'name' | 'version'>): string {
  return `${name}@${version}`
}
