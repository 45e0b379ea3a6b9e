import * as z from 'zod'
import { goldenPair } from '../rubric/golden-pairs.ts'
import { winner } from './judgment.ts'
import { clause, metaRubric, metaRubricLayer } from './rubric.ts'
import { name, text } from './text.ts'

const by = text.max(128).describe('Who: a name that people of the organisation know.')
const note = text.max(2000)

/** A change of one clause: what refinement proposes and people decide on (OpenRS, systems.md 3.4). */
export const edit = z
  .discriminatedUnion('op', [
    z.strictObject({ op: z.literal('add'), clause }),
    z.strictObject({ op: z.literal('delete'), id: name.describe('The clause that goes.') }),
    z.strictObject({
      op: z.literal('modify'),
      clause: clause.describe('In the place of the one with its id.'),
    }),
  ])
  .meta({ id: 'Edit' })
export type Edit = z.infer<typeof edit>

/** How a judgment compares with a label. Null where there is no winner. */
export const outcome = z.enum(['right', 'tie', 'wrong']).nullable()
export type Outcome = z.infer<typeof outcome>

const judgedAs = z.object({ outcome, judgment: z.string().nullable() })

/** One labelled pair, judged by two meta-rubrics. */
export const pairEffect = z
  .object({ pair: z.string(), label: winner, before: judgedAs, after: judgedAs })
  .meta({ id: 'PairEffect' })
export type PairEffect = z.infer<typeof pairEffect>

/** What a change of a meta-rubric does to labelled pairs. Figures are over the pairs that both versions judged. */
export const effect = z
  .object({
    model: z.string().nullable(),
    pairs: z.int(),
    compared: z.int().describe('Pairs that have a winner or a tie from both.'),
    before: z.number().nullable().describe('Share of right judgments; null where nothing was compared.'),
    after: z.number().nullable(),
    interval: z
      .tuple([z.number(), z.number()])
      .nullable()
      .describe('95 % bootstrap interval of after - before.'),
    worsened: z.array(pairEffect),
    improved: z.array(pairEffect),
    unjudged: z.array(pairEffect),
  })
  .meta({ id: 'Effect' })
export type Effect = z.infer<typeof effect>

/** Where a version comes from. Shipped ones have no parent. */
export const lineage = z.object({
  parent: z.int().nullable().describe('The version that was the newest before.'),
  proposal: z.string().nullable().describe('The proposal that was accepted.'),
  restores: z.int().nullable().describe('The version that was rolled back to.'),
})

/** A version of a meta-rubric, without its content. */
export const metaRubricVersion = z
  .object({
    object: z.literal('meta_rubric.version'),
    id: z.string().describe('The hash of the content.'),
    name: z.string(),
    version: z.int(),
    shipped: z.boolean(),
    created: z.int().nullable().describe('Unix time, seconds; null where it ships.'),
    by: z.string().nullable(),
    note: z.string().nullable(),
    lineage,
    effect: effect.nullable().describe('What it did to the golden pairs when it was made.'),
  })
  .meta({ id: 'MetaRubricVersion' })
export type MetaRubricVersion = z.infer<typeof metaRubricVersion>

/** The same with all that it holds. */
export const fullVersion = metaRubricVersion
  .extend({ meta_rubric: metaRubric, layer: metaRubricLayer, golden: z.array(goldenPair) })
  .meta({ id: 'FullMetaRubricVersion' })
export type FullVersion = z.infer<typeof fullVersion>

/** `POST /v1/meta-rubrics`. */
export const publishRequest = z
  .strictObject({
    layer: z
      .looseObject({ name: z.string() })
      .describe('A layer as its data files have it. Its version is ignored: the service counts.'),
    base: z
      .int()
      .min(1)
      .optional()
      .describe('The version that it was made from. Refused where a newer one has come since.'),
    golden: z
      .array(goldenPair)
      .max(64)
      .optional()
      .describe('Golden pairs of the name from now on. Absent: those that it has.'),
    model: name.optional().describe('The model entry that judges the golden pairs.'),
    by: by.optional(),
    note: note.optional(),
  })
  .meta({ id: 'PublishRequest' })
export type PublishRequest = z.infer<typeof publishRequest>

/** `POST /v1/meta-rubrics/{name}/rollback`. */
export const rollbackRequest = z
  .strictObject({ version: z.int().min(1), by: by.optional(), note: note.optional() })
  .meta({ id: 'RollbackRequest' })
export type RollbackRequest = z.infer<typeof rollbackRequest>

/** `POST /v1/meta-rubrics/{name}/proposals`. */
export const proposeRequest = z
  .strictObject({
    edit,
    base: z.int().min(1).optional().describe('The version that it changes. Absent: the newest.'),
    rationale: note.optional(),
    evidence: z.array(z.string()).max(256).optional().describe('Ids of the judgments that it was made from.'),
    effect: z
      .strictObject({
        pairs: z
          .array(
            z.strictObject({
              pair: z.string().max(256),
              label: winner,
              before: z.string().describe('Id of the judgment by the base version.'),
              after: z.string().describe('Id of the judgment by the base version with the edit.'),
            }),
          )
          .min(1)
          .max(1024),
      })
      .optional()
      .describe(
        'Validation pairs judged with and without the edit. The service reads the outcomes in its record.',
      ),
    by: by.optional(),
  })
  .meta({ id: 'ProposeRequest' })
export type ProposeRequest = z.infer<typeof proposeRequest>

/** `POST /v1/meta-rubrics/{name}/proposals/{id}/accept` and `/reject`. */
export const decideRequest = z
  .strictObject({
    by,
    note: note.optional(),
    model: name.optional().describe('accept: the model entry that judges the golden pairs.'),
  })
  .meta({ id: 'DecideRequest' })
export type DecideRequest = z.infer<typeof decideRequest>

export const decision = z.object({
  by: z.string(),
  at: z.int().describe('Unix time, seconds.'),
  note: z.string().nullable(),
  version: z.int().nullable().describe('The version that came of it; null where it was rejected.'),
})
export type Decision = z.infer<typeof decision>

/** A change of a meta-rubric that waits for a person, or had one. */
export const proposal = z
  .object({
    object: z.literal('meta_rubric.proposal'),
    id: z.string().describe('The hash of name, base and edit: proposed twice, it is one.'),
    name: z.string(),
    base: z.int(),
    edit,
    rationale: z.string().nullable(),
    evidence: z.array(z.string()),
    effect: effect.nullable(),
    by: z.string(),
    created: z.int(),
    status: z.enum(['proposed', 'accepted', 'rejected']),
    decision: decision.nullable(),
  })
  .meta({ id: 'Proposal' })
export type Proposal = z.infer<typeof proposal>

/** Two versions, clause by clause, those of the general layer included. */
export const metaRubricDiff = z
  .object({
    object: z.literal('meta_rubric.diff'),
    name: z.string(),
    from: z.int(),
    to: z.int(),
    added: z.array(clause),
    removed: z.array(clause),
    changed: z.array(
      z.object({
        id: z.string(),
        fields: z.array(z.enum(['level', 'title', 'description', 'applies'])),
        from: clause,
        to: clause,
      }),
    ),
    principles: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
    fields: z
      .array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
      .describe('What else differs: title, description, language or the layer that it extends.'),
  })
  .meta({ id: 'MetaRubricDiff' })
export type MetaRubricDiff = z.infer<typeof metaRubricDiff>
