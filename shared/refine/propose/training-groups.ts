import type { Message } from '../../protocol/message.ts'
import type { Member } from '../search/member.ts'
import { editKey, type ProposalGroup } from './proposer.ts'

/** A group to train a refinement policy on, as a training file of recorded groups has it. */
export type RecordedGroup = {
  prompt: Message[]
  completions: { text: string; finish: 'stop' | 'length'; reward: number | null }[]
}

/** A group with the hash of the layer that it proposed for. */
export type AskedGroup = { parent: string; group: ProposalGroup }

/** Fates of edits that were refused before any judgment: that is the policy's own doing. */
const REFUSED: ReadonlySet<Member['fate']> = new Set(['inapplicable', 'unsound', 'duplicate'])

/**
 * What each completion of a refinement policy earned in a search (systems.md 3.4: trained on the fitness of its edits; our
 * reconstruction): the fitness that its edit gained where it was last judged, which is below 0 for one that did harm; 0
 * for one that is no edit, was tried before or was refused; null where nothing was judged. A group in which no completion
 * was judged is left out.
 */
export function trainingGroups(asked: readonly AskedGroup[], members: readonly Member[]): RecordedGroup[] {
  const found = new Map(
    members.flatMap((member) =>
      member.origin === 'model' && member.edit !== null
        ? [[keyOf(member.parents[0] ?? '', editKey(member.edit)), member] as const]
        : [],
    ),
  )
  return asked.flatMap(({ parent, group: { messages, completions } }) => {
    const rewarded = completions.map(({ text, finish, edit }) => {
      const member = edit === null ? null : found.get(keyOf(parent, edit))
      return { text, finish, reward: rewardOf(edit, member), judged: member?.gain != null }
    })
    if (!rewarded.some(({ judged }) => judged)) return []
    return [{ prompt: messages, completions: rewarded.map(({ judged: _, ...completion }) => completion) }]
  })
}

const keyOf = (parent: string, edit: string) => `${parent} ${edit}`

function rewardOf(edit: string | null, member: Member | null | undefined): number | null {
  if (edit === null) return 0
  if (!member) return null
  return REFUSED.has(member.fate) ? 0 : member.gain
}
