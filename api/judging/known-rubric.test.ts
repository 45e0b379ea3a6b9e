import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../shared/judge/evidence.ts'
import type { Job } from '../../shared/judge/job.ts'
import { judge } from '../../shared/judge/judge.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { Memory } from '../../shared/model/memory.ts'
import { metaRubricOf } from '../../shared/rubric/meta-rubrics.ts'
import { chosen, general, pair } from '../../shared/testing/judge-request.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'
import { withKnownRubric } from './known-rubric.ts'

const maker = { identity: 'worker', instantiate: 'select' } as const

/** A desk's memory, as far as one test needs it. */
function remembering(): Memory {
  const kept = new Map<string, string>()
  return {
    async recall(key, make) {
      const known = kept.get(key)
      if (known !== undefined) return JSON.parse(known)
      const value = await make()
      kept.set(key, JSON.stringify(value))
      return value
    },
  }
}

/** A worker that keeps nothing between jobs, and the rubrics that it was sent. */
function worker(fail = false) {
  const sent: (string | null)[] = []
  return {
    sent,
    async judge(job: Job): Promise<Evidence> {
      sent.push(job.rubric?.id ?? null)
      const model = opinionatedModel({ ...chosen })
      const broken = { ...model, choose: () => Promise.reject(new Error('gone')) }
      const memory = { recall: <T>(_key: string, make: () => Promise<T>) => make() }
      return judge(job, { model: fail ? broken : model, secret: 's', memory })
    },
  }
}

const jobOf = async (votes: number) =>
  (await toJob({ ...pair('GOOD', 'bad'), votes }, null, await general())).job

describe('withKnownRubric', () => {
  it('sends the rubric of an earlier judgment of the pair along', async () => {
    const memory = remembering()
    const there = worker()
    const first = await withKnownRubric(await jobOf(1), maker, memory, there.judge)
    const second = await withKnownRubric(await jobOf(3), maker, memory, there.judge)
    expect(there.sent).toEqual([null, first.rubric?.id])
    expect(second.rubric?.id).toBe(first.rubric?.id)
  })

  it('keeps the route beside the rubric that it led to', async () => {
    const memory = remembering()
    const there = worker()
    const { metaRubric, among } = await metaRubricOf('auto')
    const autoOf = async (votes: number) =>
      (await toJob({ ...pair('GOOD', 'bad'), votes }, null, metaRubric, among)).job
    const first = await withKnownRubric(await autoOf(1), maker, memory, there.judge)
    const second = await withKnownRubric(await autoOf(3), maker, memory, there.judge)
    expect(first.route?.meta_rubric).toBe(first.rubric?.meta_rubric)
    expect(there.sent).toEqual([null, first.rubric?.id])
    expect(second).toMatchObject({ route: first.route, rubric: { id: first.rubric?.id } })
    await withKnownRubric(await jobOf(1), maker, memory, there.judge)
    expect(there.sent).toEqual([null, first.rubric?.id, null])
  })

  it('judges without one where none came back, and keeps nothing', async () => {
    const memory = remembering()
    const there = worker()
    const { job } = await toJob(pair('same', 'same'), null, await general())
    expect(await withKnownRubric(job, maker, memory, there.judge)).toMatchObject({
      identical: true,
      rubric: null,
    })
    await withKnownRubric(job, maker, memory, there.judge)
    expect(there.sent).toEqual([null, null])
  })

  it('passes on what breaks', async () => {
    await expect(withKnownRubric(await jobOf(1), maker, remembering(), worker(true).judge)).rejects.toThrow(
      'gone',
    )
  })
})
