import * as z from 'zod'

/** Where traced tests send their spans. */
export const COLLECTOR = 'http://collector.test:4318'

const attribute = z.object({
  key: z.string(),
  value: z.union([
    z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
    z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
    z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  ]),
})

const attributes = z
  .array(attribute)
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])))

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`))

const span = z.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes,
  status: z.object({ code: z.int().optional() }),
})

/** What OTLP/HTTP's JSON is read for. */
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
})

export type SeenSpan = z.infer<typeof span> & { service: unknown }

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** An OTLP collector in the place of `fetch`, for its own URL; all others go to `elsewhere`. */
export function createCollector(elsewhere: Fetch) {
  const spans: SeenSpan[] = []
  const calls: { url: string; headers: Headers; body: string }[] = []
  return {
    spans,
    calls,
    named: (name: string) => spans.filter((seen) => seen.name === name),
    async fetch(url: string, init: RequestInit): Promise<Response> {
      if (!url.startsWith(COLLECTOR)) return elsewhere(url, init)
      const body = await new Response(init.body).text()
      calls.push({ url, headers: new Headers(init.headers), body })
      for (const { resource, scopeSpans } of exported.parse(JSON.parse(body)).resourceSpans) {
        const service = resource.attributes['service.name']
        for (const { spans: some } of scopeSpans) spans.push(...some.map((seen) => ({ ...seen, service })))
      }
      return new Response('{}')
    },
    /** Waits until a span with this name has come; a traced process sends them within a second or so. */
    async until(name: string): Promise<SeenSpan> {
      for (let waited = 0; waited < 8000; waited += 10) {
        const found = spans.find((seen) => seen.name === name)
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`No span '${name}' among ${spans.map((seen) => seen.name).join(', ') || 'none'}.`)
    },
  }
}
