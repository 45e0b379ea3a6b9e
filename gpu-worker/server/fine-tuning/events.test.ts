import { expect, it } from 'vitest'
import { eventsOf } from '../../testing/running-worker.ts'
import { newHome, startTraining, upload } from '../../testing/training-worker.ts'

async function running(steps: number, milliseconds: number) {
  const { worker, client, jobs } = await startTraining(await newHome(), { steps, milliseconds })
  const { id } = await upload(client)
  const job = await jobs.create({ model: 'fake-1m', training_file: id })
  const url = `${worker.url}/v1/fine_tuning/jobs/${job.id}/events`
  const stream = (headers: Record<string, string> = {}) => fetch(`${url}?stream=true`, { headers })
  return { jobs, job, url, stream }
}

it('streams events as they come, and the job whenever its status changes', async () => {
  const { job, stream } = await running(4, 30)
  const events = (await eventsOf(await stream())).map((data) => JSON.parse(data))
  const steps = events.filter(({ type }) => type === 'metrics').map(({ data }) => data.step)
  expect(steps).toEqual([1, 2, 3, 4])
  const states = events.filter(({ object }) => object === 'fine_tuning.job')
  expect(states.at(-1)).toMatchObject({ id: job.id, status: 'succeeded' })
  expect(events.at(-1)).toEqual(states.at(-1))
})

it('goes on after the last event that was seen', async () => {
  const { jobs, job, stream, url } = await running(3, 1)
  await eventsOf(await stream())
  const { data } = await jobs.listEvents(job.id, { limit: 3 })
  const seen = data[2]?.id ?? ''
  const rest = (await eventsOf(await stream({ 'last-event-id': seen }))).map((text) => JSON.parse(text).id)
  expect(rest).toEqual([data[1]?.id, data[0]?.id, job.id])
  const oldest = JSON.parse(await (await fetch(`${url}?order=asc&limit=1`)).text())
  expect(oldest).toMatchObject({ data: [{ message: 'The job was created.' }], has_more: true })
  for (const after of ['ftevent-1', seen.replace(/\d{8}$/, '99999999')]) {
    const refused = await fetch(`${url}?after=${after}`)
    expect([refused.status, JSON.parse(await refused.text()).error.param]).toEqual([400, 'after'])
  }
})

it('leaves a run alone whose listener has hung up', async () => {
  const { jobs, job, url } = await running(20, 10)
  const left = new AbortController()
  const reply = await fetch(`${url}?stream=true`, { signal: left.signal })
  await reply.body?.getReader().read()
  left.abort()
  for (;;) {
    const { status } = await jobs.retrieve(job.id)
    if (status === 'succeeded') return
    expect(status).toMatch(/queued|running/)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
})
