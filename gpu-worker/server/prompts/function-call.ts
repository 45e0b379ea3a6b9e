import type { JsonSchema } from '../../../shared/model/language-model.ts'

/** A function that a reply can call, as its caller describes it. */
export type CallableFunction = { name: string; description: string; parameters: JsonSchema }

/**
 * What a model is told of the function that its reply must call; version 1. It is plain text for every family, since
 * templates with a place for tools have models write the call around the arguments too, each family in a way of its own.
 */
export function functionCallPrompt({ name, description, parameters }: CallableFunction): string {
  const about = description === '' ? '' : `What it does: ${description}\n`
  return `Answer by calling the function '${name}'.
${about}Its parameters, as a JSON Schema: ${JSON.stringify(parameters)}
Reply with the arguments of the call alone: one JSON object that keeps to this schema.`
}
