import * as z from 'zod'
import { errorData } from '../../../shared/protocol/error.ts'
import { chatMessages, readChat } from '../../dialects/chat-messages.ts'
import { type Dialect, nullsToo } from '../../dialects/dialect.ts'
import { type Sample, sampleLabel } from '../../dialects/sample.ts'
import { readPrompt, withoutClosing } from '../../dialects/templated-text.ts'
import { LIMITS } from '../../platform/limits.ts'

const sample = z.looseObject({
  id: z.string().min(1).max(255).nullish().describe('What the caller calls the sample, the same in a retry.'),
  prompt: z.union([z.string().min(1, 'must not be empty'), chatMessages]),
  response: z.string(),
  label: sampleLabel.optional(),
})

type Sent = z.infer<typeof sample>

const reward = z.object({
  reward: z.number().nullable(),
  score: z.number().nullable().describe('The reward mapped to 0..1.'),
  judgments: z.array(z.string()),
  substituted: z.boolean(),
  error: errorData.nullable(),
  group: z
    .object({
      id: z.string(),
      late: z.boolean().describe('It came after the group had closed.'),
      meta_class: z.string().nullable().describe('What the group is rewarded by; null without classes.'),
      masked: z.boolean().describe('The prompt has nothing for that class: the reward is no score.'),
    })
    .optional()
    .describe('In the URL of a run: the group that it is a member of.'),
})

/**
 * `/rlhf/plumbline`: a dialect of our own, for reward functions of a few lines such as those of `clients/python`. A whole
 * batch in one call, null where there is no reward.
 */
export const plumbline: Dialect = nullsToo({
  name: 'plumbline',
  client: "The Python package, and reward functions of one's own: PLUMBLINE_REWARD_URL=URL",
  patienceMs: null,
  marks: ['samples'],
  request: z.looseObject({ samples: z.array(sample).max(LIMITS.dialectResponses) }),
  reply: z.object({ rewards: z.array(reward) }),
  example: {
    request: { samples: [{ prompt: [{ role: 'user', content: '2+2?' }], response: '4', label: '4' }] },
    reply: (value, score) => ({
      rewards: [{ reward: value, score, judgments: ['jdg_...'], substituted: false, error: null }],
    }),
  },
  read: ({ samples }) => samples.map(toSample),
  write: (scored) => ({
    body: {
      rewards: scored.map(({ reward, score, judgments, substituted, error, group }) => ({
        ...{ reward, score, judgments, substituted },
        error: error && { ...error, param: error.param ?? null },
        ...(group && { group }),
      })),
    },
  }),
})

/** A prompt that is text may be templated: slime and AReaL hand over what the policy saw. */
function toSample({ id = null, prompt, response, label = null }: Sent, index: number): Sample {
  const read =
    typeof prompt === 'string' ? readPrompt(prompt.toWellFormed()) : { prompt: readChat(prompt), begun: '' }
  return {
    ...{ index, id, prompt: read.prompt, label: label?.toWellFormed() ?? null },
    response: withoutClosing(read.begun + response.toWellFormed()),
    labelParam: `samples.${index}.label`,
  }
}
