import { bodyOf, openTestApp } from './test-app.ts'

/** What a call says beside its response. */
export type Said = {
  prompt?: string
  label?: string
  query?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** An app with a run of groups of four, and single calls to its URL as slime sends them. */
export async function openRun(settings: object = {}, variables: Record<string, string> = {}) {
  const app = await openTestApp(variables)
  const { id } = await app.ask('/v1/runs', { group_size: 4, ...settings })
  const url = (query: string, dialect = 'slime') => `/runs/${id}/${dialect}?${query}`

  const slime = (response: string, said: Said = {}) => {
    const { prompt = 'Say something.', label, query = 'against=group', headers = {}, signal } = said
    return app.send(url(query), {
      method: 'POST',
      body: JSON.stringify({ prompt, response, ...(label === undefined ? {} : { label }) }),
      headers: { authorization: `Bearer ${app.key}`, ...headers },
      ...(signal && { signal }),
    })
  }
  /** Rewards of single calls, sent at once. */
  const rewards = async (responses: readonly string[], said?: Said) =>
    Promise.all(responses.map(async (response) => bodyOf(await slime(response, said))))
  /** Newest first. */
  const groups = async () => (await app.ask(`/v1/runs/${id}/groups?limit=100`)).data

  return { ...app, id, url, slime, rewards, groups }
}
