import type { ConstraintSpec } from '../../gpu-worker/text/constraint.ts'
import { decodeRate, longConversations } from './replies.ts'
import { open, type Setting } from './setting.ts'
import { race } from './turns.ts'

const PROMPT_TOKENS = 128
const REPLY_TOKENS = 64

/** A rubric as a model writes one: its strings leave the model free for longer than the reply lasts. */
const RUBRIC: ConstraintSpec = {
  kind: 'json_schema',
  schema: {
    type: 'object',
    properties: {
      criteria: {
        type: 'array',
        minItems: 8,
        items: {
          type: 'object',
          properties: {
            id: { type: 'string', pattern: '^[a-z]{4,12}$' },
            level: { enum: ['fatal', 'core', 'important', 'highlight'] },
            text: { type: 'string', minLength: 40 },
          },
          required: ['id', 'level', 'text'],
          additionalProperties: false,
        },
      },
    },
    required: ['criteria'],
    additionalProperties: false,
  },
}

/** What keeping a reply to a JSON Schema costs, by the rate of writing it. */
export async function measureConstrained(setting: Setting): Promise<void> {
  const engine = await open(setting, setting.quantised, { precision: 'int4' })
  for (const batch of [1, 8]) {
    const long = await longConversations(engine, setting.speech, PROMPT_TOKENS, batch, REPLY_TOKENS)
    await race(
      `decode kept to a JSON Schema, batch ${batch}, Q4_0`,
      'tokens/s',
      setting.rounds,
      { name: 'kept', run: () => decodeRate(engine, long, REPLY_TOKENS, { constraint: RUBRIC }) },
      [{ name: 'the same engine without', run: () => decodeRate(engine, long, REPLY_TOKENS) }],
    )
  }
  await engine.close()
}
