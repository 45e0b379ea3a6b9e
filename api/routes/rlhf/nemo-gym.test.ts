import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

const output = (text: string) => [
  { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'GOOD GOOD GOOD' }] },
  {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' },
    content: [{ type: 'output_text', text, annotations: [] }],
  },
]
/** A Response object as Gym's model servers give it. */
const response = (text: string) => ({
  ...{ id: `resp_${text}`, object: 'response', created_at: 1, model: 'policy', output: output(text) },
  ...{ parallel_tool_calls: true, tool_choice: 'auto', tools: [] },
})
const row = (text: string, fields: object = {}) => ({
  responses_create_params: { input: [{ role: 'user', content: 'Say something.' }], tools: [] },
  response: response(text),
  ...fields,
})

describe('/verify', () => {
  test('the row comes back as it was sent, with the reward in it', async () => {
    const { call } = await openTestApp()
    const sent = row('GOOD', {
      _ng_task_index: 3,
      _ng_rollout_index: 1,
      verifier_metadata: { deep: [1, null] },
    })
    const reply = await call('/rlhf/nemo-gym/verify', sent, { 'content-type': 'application/json' })
    expect(reply.status).toBe(200)
    const { reward, judgments, substituted, ...echoed } = await bodyOf(reply)
    expect([reward, judgments.length, substituted]).toEqual([1, 1, false])
    expect(echoed).toEqual(sent)
  })

  test('reasoning is not judged, and a worse answer gets less', async () => {
    const { ask } = await openTestApp()
    expect((await ask('/rlhf/nemo-gym/verify', row('bad'))).reward).toBe(0)
  })

  test.each([['expected_answer'], ['ground_truth'], ['label']])('%s is the label', async (field) => {
    const { ask, models } = await openTestApp()
    const url = '/rlhf/nemo-gym/verify?verifier=numeric_answer'
    const { reward, ...rest } = await ask(url, row('It is 4.', { [field]: 4 }))
    expect([reward, rest[field]]).toEqual([1, 4])
    expect((await ask(url, row('It is 5.', { [field]: '4' }))).reward).toBe(0)
    expect(models.calls).toBe(0)
  })

  test('instructions, tools and text for an input are the prompt', async () => {
    const { ask, models } = await openTestApp()
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: 'Look it up.' }] },
      { type: 'function_call', name: 'search', arguments: '{"q":1}', call_id: 'c' },
      { type: 'function_call_output', call_id: 'c', output: 'found' },
    ]
    const params = { input, instructions: 'Be brief.' }
    await ask('/rlhf/nemo-gym/verify', { ...row('GOOD'), responses_create_params: params })
    const { calls } = models
    await ask('/v1/judgments', {
      protocol: 'pointwise',
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Look it up.' },
        { role: 'assistant', content: 'search({"q":1})' },
        { role: 'tool', content: 'found' },
      ],
      responses: ['GOOD'],
    })
    expect(models.calls).toBe(calls)
    const text = { ...row('GOOD'), responses_create_params: { input: 'Say something.' } }
    expect((await ask('/rlhf/nemo-gym/verify', text)).reward).toBe(1)
  })

  test('a passing failure is 503, which Gym waits out; one that would come again is 500, three times', async () => {
    const { call, models } = await openTestApp()
    models.manner = 'unreachable'
    expect((await call('/rlhf/nemo-gym/verify', row('GOOD'))).status).toBe(503)
    models.manner = 'prose'
    const reply = await call('/rlhf/nemo-gym/verify', row('GOOD'))
    expect(reply.status).toBe(500)
    expect((await bodyOf(reply)).error.code).toBe('not_scored')
  })

  test.each([
    [{ response: response('x') }, 'responses_create_params'],
    [{ responses_create_params: { input: 'x' } }, 'response'],
    [{ ...row('x'), responses_create_params: { input: [] } }, 'responses_create_params.input'],
    [
      { ...row('x'), responses_create_params: { input: [{ role: 'user', content: '' }] } },
      'responses_create_params.input',
    ],
  ])('%j is refused, naming the field', async (body, param) => {
    const { call } = await openTestApp()
    const reply = await call('/rlhf/nemo-gym/verify', body)
    expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
  })
})

describe('/compare', () => {
  const asked = (texts: string[], fields: object = {}) => ({
    conversation_history: [{ role: 'user', content: 'Say something.' }],
    response_objs: texts.map(response),
    principle: null,
    ...fields,
  })

  test('rewards are in the order of the responses, and each judgment names its two', async () => {
    const { ask } = await openTestApp()
    const url = '/rlhf/nemo-gym/compare?anchor=circular&shaping=half'
    const reply = await ask(url, asked(['GOOD', 'bad', 'GOOD GOOD']))
    const [first, second, third] = reply.rewards
    expect(third).toBeGreaterThan(first)
    expect(first).toBeGreaterThan(second)
    const places = reply.comparison_results.map(
      ({ response_i, response_j }: { response_i: number; response_j: number }) => [response_i, response_j],
    )
    expect(new Set(places.map(String))).toEqual(new Set(['0,1', '1,2', '0,2']))
    expect(reply.comparison_results[0].judgment).toMatch(/^jdg_/)
    expect(reply.metrics.mean_reward).toBeCloseTo((first + second + third) / 3)
    expect(reply.metrics.substituted).toBe(0)
  })

  test('a principle is the rubric', async () => {
    const { ask } = await openTestApp()
    const body = asked(['GOOD', 'bad'], { principle: 'The response should be brief.' })
    const { comparison_results } = await ask('/rlhf/nemo-gym/compare', body)
    const { rubric } = await ask(`/v1/judgments/${comparison_results[0].judgment}`)
    expect(rubric.criteria).toMatchObject([{ id: 'principle', description: 'The response should be brief.' }])
  })

  test('one response is nothing to compare', async () => {
    const { call } = await openTestApp()
    const reply = await call('/rlhf/nemo-gym/compare', asked(['GOOD']))
    expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([422, 'response_objs'])
  })
})

test('sessions keep nothing, and /verify may be called again', async () => {
  const { ask } = await openTestApp()
  const seed = { resources_session_id: 's1', episode_id: 'e', task_id: 't', task_data: {} }
  expect(await ask('/rlhf/nemo-gym/seed_session', seed)).toEqual({ resources_session_id: 's1' })
  expect(await ask('/rlhf/nemo-gym/seed_session', row('x'))).toEqual({})
  expect(await ask('/rlhf/nemo-gym/close_session', seed)).toEqual({ resources_session_id: 's1' })
  expect(await ask('/rlhf/nemo-gym/reverify_mode')).toBe('stateless')
})

test('metrics leave rows without a reward out', async () => {
  const { ask } = await openTestApp()
  const verify_responses = [
    { _ng_task_index: 0, reward: 1 },
    { _ng_task_index: 0, reward: 0 },
    { _ng_task_index: 1, reward: null },
    { _ng_task_index: 1, reward: 0.5 },
  ]
  const reply = await ask('/rlhf/nemo-gym/aggregate_metrics', { verify_responses })
  expect(reply.key_metrics).toEqual({ 'mean/reward': 0.5 })
  expect(reply.group_level_metrics).toEqual([
    { _ng_task_index: 0, 'mean/reward': 0.5, 'min/reward': 0, 'max/reward': 1, 'std/reward': 0.5 },
    { _ng_task_index: 1, 'mean/reward': 0.5, 'min/reward': 0.5, 'max/reward': 0.5, 'std/reward': 0 },
  ])
  const none = await ask('/rlhf/nemo-gym/aggregate_metrics', { verify_responses: [] })
  expect(none).toEqual({ group_level_metrics: [], agent_metrics: {}, key_metrics: {} })

  const many = { verify_responses: Array.from({ length: 200_000 }, (_, index) => ({ reward: index % 2 })) }
  const whole = await ask('/rlhf/nemo-gym/aggregate_metrics', many)
  expect(whole.agent_metrics).toMatchObject({ 'min/reward': 0, 'max/reward': 1, 'mean/reward': 0.5 })
})
