import { canonicalJson } from '../identity/canonical-json.ts'
import { sha256 } from '../identity/hash.ts'
import { type Prompt, toMessages } from '../protocol/message.ts'
import type { Member } from './member.ts'

/** What tells the members of a group apart: the id that the client gives it, and its text. */
export function memberKey({ id, response }: Member): Promise<string> {
  return sha256(canonicalJson(['member', id, response]))
}

/** What tells the groups of a run apart but for their sequence: the prompt, and the way in which it is rewarded. */
export async function groupKey(prompt: Prompt, way: string): Promise<string> {
  return (await sha256(canonicalJson(['group', toMessages(prompt), way]))).slice(0, 24)
}

/** The key of a prompt's stored anchor. */
export function promptKey(prompt: Prompt): Promise<string> {
  return sha256(canonicalJson(['prompt', toMessages(prompt)]))
}
