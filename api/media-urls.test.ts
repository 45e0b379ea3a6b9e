import { expect, it } from 'vitest'
import { createChatServer } from './testing/chat-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const INSIDE = 'http://169.254.169.254/latest/meta-data'
const PIXEL = 'data:image/png;base64,iVBORw0KGgo='

async function open() {
  const server = createChatServer()
  return { server, ...(await openTestApp({}, server.fetch)) }
}

const asked = (content: unknown) => ({ model: 'second', messages: [{ role: 'user', content }] })

it.each([
  [{ type: 'image_url', image_url: { url: INSIDE } }, 'image_url.url'],
  [{ type: 'image_url', image_url: 'HTTPS://inside' }, 'image_url'],
  [{ image_url: INSIDE }, 'image_url'],
  [{ type: 'text', text: 'See', image_url: INSIDE }, 'image_url'],
  [{ type: 'image_url', image_url: { url: '/etc/passwd' } }, 'image_url.url'],
  [{ type: 'image_url', image_url: { url: ' file:///etc/passwd' } }, 'image_url.url'],
  [{ type: 'input_image', image_url: '//inside/x.png' }, 'image_url'],
  [{ type: 'video_url', video_url: { url: 'ftp://inside' } }, 'video_url.url'],
  [{ type: 'audio_url', audio_url: { url: INSIDE } }, 'audio_url.url'],
  [{ type: 'image', source: { type: 'url', url: INSIDE } }, 'source.url'],
  [{ type: 'video', video: [PIXEL, INSIDE] }, 'video.1'],
  [{ type: 'input_file', file_url: INSIDE }, 'file_url'],
  [{ type: 'tool_result', content: [{ type: 'image', image: INSIDE }] }, 'content.0.image'],
  [{ type: 'of_some_server', place: INSIDE }, 'place'],
])('an address in a part of a message reaches no model server: %j', async (part, field) => {
  const { call, server } = await open()
  for (const content of [[{ type: 'text', text: 'What is this?' }, part], part]) {
    const refused = await call('/v1/chat/completions', asked(content))
    const at = `messages.0.content.${Array.isArray(content) ? 1 : 0}.${field}`
    expect([refused.status, (await bodyOf(refused)).error]).toMatchObject([
      400,
      { code: 'invalid_request', param: at, message: expect.stringMatching(/must be a data: URL [^\n]*\.$/) },
    ])
  }
  expect(server.seen).toEqual([])
})

it('media that come with the call pass as they are, and so do texts and arguments that speak of addresses', async () => {
  const { call, server } = await open()
  const body = asked([
    INSIDE,
    { type: 'text', text: INSIDE },
    { type: 'image_url', image_url: { url: PIXEL, detail: 'low' } },
    { type: 'image_url', image_url: PIXEL },
    { type: 'input_audio', input_audio: { data: '//uQxAAA', format: 'mp3' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
    { type: 'file', file: { filename: 'C:a: b.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    { type: 'tool_use', id: 't', name: 'open', input: { url: INSIDE } },
  ])
  expect((await call('/v1/chat/completions', body)).status).toBe(200)
  expect((await call('/v1/chat/completions', asked(INSIDE))).status).toBe(200)
  expect(server.seen.map((one) => one.body)).toEqual([body, asked(INSIDE)])
})

it('responses and messages take text alone, so that no address passes there', async () => {
  const { call, server } = await open()
  for (const [path, part] of [
    ['/v1/responses', { type: 'input_image', image_url: INSIDE }],
    ['/v1/messages', { type: 'image', source: { type: 'url', url: INSIDE } }],
    [
      '/v1/messages',
      { type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url: INSIDE } }] },
    ],
  ] as const) {
    const turns = [{ role: 'user', content: [part] }]
    const body = path === '/v1/responses' ? { input: turns } : { messages: turns }
    expect((await call(path, { model: 'second', max_tokens: 9, ...body })).status).toBe(400)
  }
  expect(server.seen).toEqual([])
})
