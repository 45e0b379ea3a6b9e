import * as z from 'zod'

/** How rewards of a group become advantages, by name; `ADVANTAGES` computes them. */
export const advantageKind = z
  .enum(['grpo', 'no_std', 'brpo', 'asymmetric'])
  .describe('asymmetric is our reconstruction of what OpenRS trains its refinement policy by.')
export type AdvantageKind = z.infer<typeof advantageKind>

const clip = z
  .number()
  .positive('must be above 0: nothing is learnt from where the policy may not move')
  .max(1, 'must be at most 1: 0.2 and 0.28 are usual')

/**
 * What one role is rolled out and updated by; each method spreads them into a schema of its own. The defaults are those
 * that Rubric-ARM gives for both roles (systems.md 1.3).
 */
export const policyFields = {
  group_size: z
    .int()
    .min(2, 'must be at least 2: completions of a prompt are compared with each other')
    .max(256)
    .default(8)
    .describe('Completions of a prompt.'),
  prompts: z
    .int()
    .min(1, 'must be at least 1')
    .max(4096)
    .default(16)
    .describe('Of a step: it makes prompts * group_size completions.'),
  max_new_tokens: z.int().min(1, 'must be at least 1').max(32_768).default(512),
  temperature: z
    .number()
    .positive('must be above 0: equal completions teach nothing')
    .max(2, 'must be at most 2: 1 draws from the very policy that is updated')
    .default(1),
  inner_iterations: z
    .int()
    .min(1, 'must be at least 1')
    .max(16)
    .default(1)
    .describe('Updates on the completions of one step, the mu of GRPO.'),
  clip_low: clip.default(0.2),
  clip_high: clip.default(0.28),
  kl: z
    .number()
    .min(0, 'must be at least 0: 0 lets the policy go anywhere')
    .max(10)
    .default(0.001)
    .describe('Weight of the divergence from the reference.'),
  truncation: z
    .number()
    .min(1, 'must be at least 1')
    .max(100)
    .default(2)
    .describe('The most that a token counts for being likelier in training than in the rollout.'),
  advantages: advantageKind.default('grpo'),
}

export const policySettings = z.strictObject(policyFields)
export type PolicySettings = z.infer<typeof policySettings>
