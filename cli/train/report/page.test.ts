import { expect, it } from 'vitest'
import type { RunRecord, TrainingStep } from '../record.ts'
import { step, steps } from '../testing/steps.ts'
import { renderPage } from './page.ts'

const render = (steps: TrainingStep[], more: Partial<RunRecord> = {}) =>
  renderPage({ job: null, data: null, messages: [], checkpoints: [], steps, ...more })

const HOSTILE = `</pre><script>alert(1)</script><img src=http://host/x onerror=alert(1)>"'&\u0000\u001b[31m\ud800`

it('shows what a model wrote as text, whatever it looks like', async () => {
  const sample = { kind: 'rubric' as const, prompt: HOSTILE, text: HOSTILE, reward: 1 }
  const hostile = step(1, {
    phase: HOSTILE,
    metrics: { [HOSTILE]: 1, reward: 1 },
    samples: [sample, { ...sample, kind: 'judgment', reward: null }],
    notes: [HOSTILE],
  })
  const page = await render([hostile, { ...hostile, step: 2 }])
  expect(page).not.toMatch(/<(?:script|img|link)/)
  expect(page).toContain('Step 1: &lt;/pre&gt;')
  expect(page).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).toContain('&quot;&#39;&amp;␀␛[31m\ufffd')
  expect(page).toContain('reward 1')
  expect(page).toContain('no reward')
  // nothing is fetched, not by a style either
  expect(page).not.toMatch(/<[^>]*\s(?:src|srcset|href|data|style)=/)
  expect(page).not.toContain('url(')
  expect(page).toContain('default-src &#39;none&#39;')
})

it('draws nothing of a run without a step, and one step as points', async () => {
  const empty = await render([])
  expect(empty).toContain('No step was made.')
  expect(empty).not.toContain('<svg')
  const one = await render([step(1)])
  expect(one).toContain('<b>Reward</b>')
  expect(one).toContain('at the end 0.01, from 0.01 to 0.01')
})

it('draws each metric that has a number, by phase, and none that has not', async () => {
  const page = await render(
    steps(40).map((one) => ({ ...one, metrics: { ...one.metrics, loss: null, odd: 2 } })),
  )
  for (const title of ['Reward', 'Accuracy', 'KL', 'Entropy', 'Clip fraction', 'Time']) {
    expect(page).toContain(`<b>${title}</b>`)
  }
  expect(page).not.toContain('<b>Loss</b>')
  expect(page).toContain('Other metrics: 1')
  const curve = page.slice(page.indexOf('<b>Reward</b>'), page.indexOf('<b>Accuracy</b>'))
  // four stretches of two phases: a line each, and three rules between them
  expect(curve.match(/stroke-dasharray/g)).toHaveLength(3)
  expect(new Set(curve.match(/stroke="#[0-9a-f]{6}"/g))).toHaveLength(2)
})

it('keeps size and time of a long run in bounds, with a phase that changes every step too', async () => {
  const long = steps(10_000).map((one) => {
    const text = 'A long judgment. '.repeat(20)
    const metrics = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`m${at}`, Math.sin(one.step * at)]),
    )
    return {
      ...one,
      phase: `class-${one.step % 5}`,
      metrics: { ...one.metrics, ...metrics },
      samples: [{ kind: 'response' as const, prompt: 'p', text, reward: 0.5 }],
    }
  })
  const began = performance.now()
  const page = await render(long)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(page.length).toBeLessThan(2_000_000)
  expect(page).toContain('24 of 10000, from the first step to the last.')
  expect(page).toContain('<b>step 1</b>')
  expect(page).toContain('<b>step 10000</b>')
})

it('adds up what was left out, and puts warnings before what is only told', async () => {
  const left = steps(3).map((one) => ({ ...one, metrics: { ...one.metrics, null_rewards: one.step - 1 } }))
  const message = (level: 'info' | 'warn', message: string, number: number) => ({
    id: `ftevent-00000000-0000000${number}`,
    object: 'fine_tuning.job.event' as const,
    created_at: 1_800_000_000,
    level,
    message,
    type: 'message' as const,
    data: null,
  })
  const page = await render(left, {
    messages: [message('info', 'Training begins.', 1), message('warn', '3 pairs are too long.', 2)],
  })
  expect(page).toContain('<tr><td>null rewards</td><td>3</td><td>2</td></tr>')
  expect(page.indexOf('3 pairs are too long.')).toBeLessThan(page.indexOf('Training begins.'))
})
