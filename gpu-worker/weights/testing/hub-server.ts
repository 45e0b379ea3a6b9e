import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const hash = (kind: 'sha256' | 'sha1', ...parts: (string | Uint8Array)[]) => {
  const made = createHash(kind)
  for (const part of parts) made.update(part)
  return made.digest('hex')
}

export type HubServer = {
  url: string
  files: Map<string, Buffer>
  /** Ends each answer's connection after so many bytes of its body; null for never. */
  cutAfter: number | null
  /** Keeps the connection open instead, without a further byte. */
  stall: boolean
  /** Whether `Range` is honoured. */
  ranges: boolean
  /** Weights are promised by their SHA-256, other files by their git name, unless false promises are to be made. */
  honest: boolean
  /** The ranges that were asked for, in order; null for a whole file. */
  asked: (string | null)[]
  close(): void
}

/** A hub with the repository org/repo at revision main, commit abc. */
export async function openHub(files: Readonly<Record<string, string | Uint8Array>>): Promise<HubServer> {
  const server = createServer((request, response) => {
    const [, name] = request.url?.split('/org/repo/resolve/abc/') ?? []
    if (request.url?.startsWith('/api/models/org/repo/revision/main')) {
      response.end(JSON.stringify({ sha: 'abc', siblings: [...hub.files].map(sibling) }))
      return
    }
    const body = hub.files.get(decodeURIComponent(name ?? ''))
    if (!body) {
      response.writeHead(404).end()
      return
    }
    const range = request.headers.range ?? null
    hub.asked.push(range)
    const etag = `"${hash('sha1', body)}"`
    const same = (request.headers['if-range'] ?? etag) === etag
    const from = range && hub.ranges && same ? Number(/\d+/.exec(range)?.[0]) : 0
    const rest = body.subarray(from)
    const headers = { etag, 'content-length': rest.length }
    if (from > 0)
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
      })
    else response.writeHead(200, headers)
    const cut = hub.cutAfter ?? rest.length
    response.write(rest.subarray(0, cut), () => {
      if (cut >= rest.length) response.end()
      else if (!hub.stall) response.destroy()
    })
  })
  const sibling = ([rfilename, bytes]: [string, Buffer]) => {
    const content = hub.honest ? bytes : 'something else'
    const large = /\.(gguf|safetensors)$/.test(rfilename)
    const promise = large
      ? { lfs: { sha256: hash('sha256', content) } }
      : { blobId: hash('sha1', `blob ${content.length}\0`, content) }
    return { rfilename, size: bytes.length, ...promise }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const hub: HubServer = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    files: new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)])),
    cutAfter: null,
    stall: false,
    ranges: true,
    honest: true,
    asked: [],
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return hub
}
