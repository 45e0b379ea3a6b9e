import * as z from 'zod'
import { prompt } from './message.ts'
import { classScores } from './pointwise.ts'
import { text } from './text.ts'

/** A member of a group, and what was recorded for it. */
const groupMember = z
  .object({
    id: z.string().nullable().describe('What the client calls the sample; null where it says nothing.'),
    response: z.string(),
    label: z.string().nullable(),
    late: z.boolean().describe('It came after the group had closed, and was judged against its anchor.'),
    reward: z.number().nullable().describe('null before it is rewarded.'),
    score: z.number().nullable().describe('The reward mapped to 0..1.'),
    judgments: z.array(z.string()),
    classes: classScores.describe('Scores of the meta-classes that were looked at.'),
    masked: z.boolean().describe("The prompt has nothing for the group's meta-class."),
  })
  .meta({ id: 'GroupMember' })

/** A group of a run: responses of one prompt that are rewarded together. */
export const runGroup = z
  .object({
    id: z.string(),
    object: z.literal('run.group'),
    run: z.string(),
    number: z.int().describe('Its place among the groups of the run, from 1 on.'),
    prompt,
    sequence: z.int().describe('Its place among the groups of its prompt, from 0 on: an epoch each.'),
    step: z.int().describe('The step of the run in which it was opened.'),
    meta_class: z.string().nullable(),
    observed: z.boolean().describe('All classes were scored, and not the active one alone.'),
    settings: z.record(z.string(), z.json()).describe('What the URL of its calls said of its rewards.'),
    meta_rubric: z.string().nullable().describe('name@version that all of its judgments look at.'),
    opened: z.int().describe('Unix time, milliseconds.'),
    size: z.int().describe('Members that close it.'),
    closed: z
      .enum(['full', 'partial'])
      .nullable()
      .describe(
        'Why it took no more: it had its size, or the first who waited could wait no longer. null: it is open.',
      ),
    waiting: z.int().describe('Calls that wait for others now.'),
    anchor: z
      .string()
      .nullable()
      .describe('The response that the others are compared with, where there is one.'),
    members: z
      .array(groupMember)
      .describe('In an order that says nothing of who came first; the late ones last.'),
  })
  .meta({ id: 'RunGroup' })
export type ShownGroup = z.infer<typeof runGroup>

export const runGroupList = z
  .object({ object: z.literal('list'), data: z.array(runGroup), has_more: z.boolean() })
  .meta({ id: 'RunGroupList' })

/** `POST /v1/runs/{id}/anchors`: the responses that single calls of their prompts are compared with. */
export const runAnchors = z
  .strictObject({
    anchors: z
      .array(z.strictObject({ prompt, response: text }))
      .min(1, 'must hold an anchor')
      .max(1024)
      .describe('The newest of a prompt counts, for groups that are opened after it.'),
  })
  .meta({ id: 'RunAnchors' })

export const runAnchorsKept = z
  .object({ object: z.literal('run.anchors'), kept: z.int() })
  .meta({ id: 'RunAnchorsKept' })
