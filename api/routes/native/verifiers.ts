import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { writeVerifierRequest } from '../../../shared/protocol/written-verifier.ts'
import type { Sandbox } from '../../../shared/verify/sandbox.ts'
import { writeVerifier } from '../../../shared/verify/write/write.ts'
import type { Edge } from '../../middleware/edge.ts'
import { callLimit } from '../../models/call-limit.ts'
import { chatCompletions } from '../../models/chat-completions.ts'
import { findEntry } from '../../models/model-config.ts'
import type { Platform } from '../../platform/platform.ts'
import { requireOwnModel } from '../../training/own-model.ts'
import { readJson } from '../body.ts'

/** `POST /v1/verifiers/write`: a constraint in words as a verifier, written by a model and tried out. Nothing is kept. */
export function verifierRoutes(platform: Platform, sandbox: Sandbox) {
  const { config, fetch } = platform
  return new Hono<Edge>().post('/write', async (c) => {
    const { constraint, model } = parseWith(writeVerifierRequest, await readJson(c))
    await requireOwnModel(platform, c.get('call').organisation, model)
    const entry = findEntry(config.models, model)
    const outbound = { fetch, environment: config.environment, limit: callLimit() }
    const written = await writeVerifier(constraint, {
      model: chatCompletions(entry, outbound),
      secret: config.secret,
      sandbox,
      signal: c.req.raw.signal,
    })
    return c.json(written)
  })
}
