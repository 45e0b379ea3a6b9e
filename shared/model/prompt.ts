import type { Message } from '../protocol/message.ts'
import type { Fenced } from './fence.ts'

/** The names of the `{{holes}}` in a template's text. */
type HoleIn<Text extends string> = Text extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | HoleIn<Rest>
  : never

/** A hole `{{fenced:x}}` takes fenced text alone; any other takes text of ours. */
type Holes<Text extends string> = {
  [Name in HoleIn<Text>]: Name extends `fenced:${string}` ? Fenced : string
}

/**
 * A prompt is data: a name, a version, and text with typed holes. A new version raises `JUDGE_VERSION` too, which
 * is what keys hold.
 */
export type PromptTemplate<User extends string> = {
  name: string
  version: number
  system: string
  user: User
}

/** Keeps the literal type of the text, which names the holes. */
export function definePrompt<const User extends string>(
  template: PromptTemplate<User>,
): PromptTemplate<User> {
  return template
}

/** Fills the holes in one pass: what is filled in is never looked at as a template again. */
export function fill<User extends string>(template: PromptTemplate<User>, holes: Holes<User>): Message[] {
  const values = new Map<string, string | Fenced>(Object.entries(holes))
  const content = template.user.replace(/\{\{([^}]+)\}\}/g, (_hole, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`Prompt '${template.name}' has no value for the hole '${name}'.`)
    return typeof value === 'string' ? value : value.text
  })
  return [
    { role: 'system', content: template.system },
    { role: 'user', content },
  ]
}
