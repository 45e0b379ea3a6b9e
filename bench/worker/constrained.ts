import type { ConstraintSpec } from '../../gpu-worker/text/constraint.ts'
import { conversations, decodeRate } from './replies.ts'
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
    const rate = (round: number, constraint?: ConstraintSpec) => {
      const rows = conversations(setting.speech, PROMPT_TOKENS, batch, `rubric ${batch} ${round}`)
      return decodeRate(engine, rows, REPLY_TOKENS, constraint && { constraint })
    }
    await race(
      `decode kept to a JSON Schema, batch ${batch}, Q4_0`,
      'tokens/s',
      setting.rounds,
      { name: 'kept', run: (round) => rate(round, RUBRIC) },
      [{ name: 'the same engine without', run: (round) => rate(round) }],
    )
  }
  await engine.close()
}
