import OpenAI from 'openai'
import { openTestApp } from './test-app.ts'

export const ITEM_SCHEMA = {
  type: 'object',
  properties: { q: { type: 'string' }, a: { type: 'string' } },
  required: ['q', 'a'],
}
/** The response is the row's answer. */
export const exact = {
  type: 'string_check',
  name: 'exact',
  input: '{{sample.output_text}}',
  reference: '{{item.a}}',
  operation: 'eq',
} as const

/** The test app with OpenAI's own client in front of it. */
export async function openEvalsApp(...given: Parameters<typeof openTestApp>) {
  const app = await openTestApp(...given)
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const { pathname, search } = new URL(url instanceof Request ? url.url : url)
    return app.send(pathname + search, init)
  }
  const client = new OpenAI({ apiKey: app.key, baseURL: 'http://localhost/v1', maxRetries: 0, fetch })

  const create = (testing_criteria: object[] = [exact]) =>
    client.evals.create({
      name: 'sums',
      data_source_config: { type: 'custom', item_schema: ITEM_SCHEMA, include_sample_schema: true },
      testing_criteria: testing_criteria as OpenAI.EvalCreateParams['testing_criteria'],
      metadata: { kind: 'test' },
    })
  const finish = async (eval_id: string, id: string) => {
    for (;;) {
      const run = await client.evals.runs.retrieve(id, { eval_id })
      if (run.status !== 'queued' && run.status !== 'in_progress') return run
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { ...app, client, create, finish }
}

/** A data source of rows in the request itself. */
export const jsonl = (content: OpenAI.Evals.CreateEvalJSONLRunDataSource.FileContent['content']) => ({
  data_source: { type: 'jsonl' as const, source: { type: 'file_content' as const, content } },
})
