import * as z from 'zod'
import {
  decideRequest,
  fullVersion,
  metaRubricDiff,
  metaRubricVersion,
  proposal,
  proposeRequest,
  publishRequest,
  rollbackRequest,
} from '../../../shared/protocol/governance.ts'
import { metaRubric } from '../../../shared/protocol/rubric.ts'
import { diffQuery } from './meta-rubrics.ts'
import type { Operations } from './openapi-operation.ts'

const byName = z.object({ name: z.string() })
const byProposal = z.object({ name: z.string(), id: z.string() })
const repeatable = z.object({
  'Idempotency-Key': z.string().max(255).optional().describe('A call with the same key files nothing more.'),
})
const listOf = (item: z.ZodType) => z.object({ object: z.literal('list'), data: z.array(item) })

/** The routes of meta-rubrics, their versions and their proposals. */
export const GOVERNANCE: Operations = {
  '/v1/meta-rubrics': {
    get: {
      summary: 'The meta-rubrics that rubrics are made from, the newest version of each.',
      tag: 'native',
      reply: listOf(metaRubric),
    },
    post: {
      summary:
        'File a layer as the next version of its name, once it passes its lint and worsens no golden pair.',
      tag: 'native',
      body: publishRequest,
      reply: fullVersion,
      status: '201',
      headers: repeatable,
    },
  },
  '/v1/meta-rubrics/{name}': {
    get: {
      summary: 'A meta-rubric: name@version, or the name alone for the newest.',
      tag: 'native',
      path: byName,
      reply: metaRubric,
    },
  },
  '/v1/meta-rubrics/{name}/versions': {
    get: {
      summary: 'Every version, oldest first, with where it comes from.',
      tag: 'native',
      path: byName,
      reply: listOf(metaRubricVersion),
    },
  },
  '/v1/meta-rubrics/{name}/versions/{version}': {
    get: {
      summary: 'A version with its layer and its golden pairs.',
      tag: 'native',
      path: z.object({ name: z.string(), version: z.int() }),
      reply: fullVersion,
    },
  },
  '/v1/meta-rubrics/{name}/diff': {
    get: {
      summary: 'What differs between two versions, clause by clause.',
      tag: 'native',
      path: byName,
      query: diffQuery,
      reply: metaRubricDiff,
    },
  },
  '/v1/meta-rubrics/{name}/rollback': {
    post: {
      summary: 'File an old version again as the newest one.',
      tag: 'native',
      path: byName,
      body: rollbackRequest,
      reply: fullVersion,
      status: '201',
      headers: repeatable,
    },
  },
  '/v1/meta-rubrics/{name}/proposals': {
    get: {
      summary: 'The changes that wait for a person, or had one, oldest first.',
      tag: 'native',
      path: byName,
      reply: listOf(proposal),
    },
    post: {
      summary: 'Propose a change of one clause. Nothing changes before a person accepts it.',
      tag: 'native',
      path: byName,
      body: proposeRequest,
      reply: proposal,
      status: '201',
    },
  },
  '/v1/meta-rubrics/{name}/proposals/{id}/accept': {
    post: {
      summary: 'Make the next version of a proposal, once it passes lint and gate on top of the newest one.',
      tag: 'native',
      path: byProposal,
      body: decideRequest,
      reply: fullVersion.extend({ proposal }),
      status: '201',
    },
  },
  '/v1/meta-rubrics/{name}/proposals/{id}/reject': {
    post: {
      summary: 'Close a proposal without a version.',
      tag: 'native',
      path: byProposal,
      body: decideRequest,
      reply: proposal,
    },
  },
}
