import { expect, test } from 'vitest'
import { createApp } from '../../app.ts'
import { createModelServer } from '../../testing/model-server.ts'
import { TEST_VARIABLES } from '../../testing/variables.ts'
import type { Environment } from '../config.ts'
import { serverPlatform } from './platform.ts'
import { openSqlite } from './sqlite.ts'

test('a judgment that cannot be filed is answered as such, and made again when there is room', async () => {
  const variables: Record<string, string | undefined> = { ...TEST_VARIABLES, PLUMBLINE_OPEN: '1' }
  const environment: Environment = (name) => variables[name]
  const sql = openSqlite(':memory:')
  const models = createModelServer()
  const app = createApp(serverPlatform(environment, sql, models.fetch))
  const judge = () =>
    app.request('http://localhost/v1/judgments', {
      method: 'POST',
      body: JSON.stringify({ prompt: 'Full?', responses: ['GOOD', 'x'.repeat(50_000)] }),
    })

  sql.all('pragma max_page_count = 1')
  const refused = await judge()
  expect(refused.status).toBe(500)
  const { error } = JSON.parse(await refused.text())
  expect(error).toMatchObject({ code: 'internal', type: 'service' })
  expect(error.message).toContain('could not be filed')

  sql.all('pragma max_page_count = 1073741823')
  const { calls } = models
  const made = await judge()
  expect(JSON.parse(await made.text())).toMatchObject({ winner: 'first', usage: { cache: 'miss' } })
  expect(models.calls).toBeGreaterThan(calls)
})
