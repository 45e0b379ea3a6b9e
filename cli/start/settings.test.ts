import { expect, it } from 'vitest'
import { readSettings, withWorker } from './settings.ts'

it('calls the edge ready once its entry has the digest of the model, and not before', async () => {
  const options = { port: 8787, worker: true }
  const settings = await readSettings({ PLUMBLINE_SECRET: 's'.repeat(64) }, options)
  const model = {
    id: 'm',
    digest: 'd',
    context: 512,
    vocabulary: 9,
    family: 'f',
    precision: 'float32',
  } as const
  const early = withWorker(settings, 'http://127.0.0.1:1')
  const ready = withWorker(settings, 'http://127.0.0.1:1', model)
  expect([early.PLUMBLINE_LOADING, ready.PLUMBLINE_LOADING]).toEqual(['1', undefined])
  expect(ready.PLUMBLINE_MODELS).toContain('"revision":"d"')
})
