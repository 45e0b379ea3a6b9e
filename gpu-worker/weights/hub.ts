import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { cachedModel, cacheModel } from './model-cache.ts'
import type { OnProgress } from './progress.ts'
import type { ResolvedModel } from './resolve.ts'

export const HUB_URL = 'https://huggingface.co'

type Repository = { repository: string; revision: string }
type HubOptions = { home: string; onProgress: OnProgress; hubUrl: string; signal?: AbortSignal }

const listing = z.object({
  sha: z.string(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().nullish(),
      lfs: z.object({ sha256: z.string() }).nullish(),
    }),
  ),
})
type File = z.infer<typeof listing>['siblings'][number]

/** Better first: what loses least, at a size that is still small to fetch. */
const PREFERENCE = ['Q8_0', 'F16', 'BF16', 'Q4_1', 'Q4_0', 'F32']

/**
 * Fetches the GGUF file of a repository that we can read best. What a revision was last time is remembered, and
 * used when the hub can't be reached.
 */
export async function fetchFromHub(from: Repository, options: HubOptions): Promise<ResolvedModel> {
  const name = `${from.repository}@${from.revision}`
  const remembered = join(options.home, 'models', 'hub', encodeURIComponent(name))
  try {
    const model = await fetchBest(from, options)
    await mkdir(dirname(remembered), { recursive: true })
    await writeFile(remembered, model.digest)
    return model
  } catch (error) {
    options.signal?.throwIfAborted()
    const digest = await readFile(remembered, 'utf8').catch(() => null)
    const cached = digest === null ? null : await cachedModel(options.home, digest)
    if (!cached) throw error
    options.onProgress({ phase: 'try', done: 0, total: 0, detail: `Using ${name} as it was fetched last` })
    return cached
  }
}

async function fetchBest(
  from: Repository,
  { home, onProgress, hubUrl, signal }: HubOptions,
): Promise<ResolvedModel> {
  const response = await get(
    `${hubUrl}/api/models/${from.repository}/revision/${encodeURIComponent(from.revision)}?blobs=true`,
    AbortSignal.any([AbortSignal.timeout(10_000), ...(signal ? [signal] : [])]),
  )
  const found = listing.safeParse(await response.json().catch(() => null))
  if (!found.success) throw refusal(`${hubUrl} did not answer with the files of ${from.repository}`)
  const file = bestFile(found.data.siblings)
  if (!file) throw refusal(`${from.repository} has no GGUF file of type ${PREFERENCE.join(', ')}`)

  const digest = file.lfs?.sha256 ?? null
  const known = digest === null ? null : await cachedModel(home, digest)
  if (known) return known
  return cacheModel(home, digest, onProgress, async (folder) => {
    const path = file.rfilename.split('/').map(encodeURIComponent).join('/')
    const body = await get(`${hubUrl}/${from.repository}/resolve/${found.data.sha}/${path}`, signal)
    const name = basename(file.rfilename)
    await save(body, join(folder, name), file.size ?? 0, (done, total) =>
      onProgress({ phase: 'download', done, total, detail: `Downloading ${name} of ${from.repository}` }),
    )
    return name
  })
}

function bestFile(files: readonly File[]): File | undefined {
  const encodingIn = (file: File) => /[.-](B?F16|F32|Q\d\w*)\.gguf$/i.exec(file.rfilename)?.[1]?.toUpperCase()
  return PREFERENCE.map((encoding) => files.find((file) => encodingIn(file) === encoding)).find(Boolean)
}

async function get(url: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, signal ? { signal } : {}).catch((cause) => {
    throw refusal(`${new URL(url).origin} can't be reached`, cause)
  })
  if (response.ok) return response
  throw refusal(`${url} answered ${response.status}`)
}

async function save(
  response: Response,
  path: string,
  size: number,
  report: (done: number, total: number) => void,
): Promise<void> {
  const total = size || Number(response.headers.get('content-length') ?? 0)
  let done = 0
  try {
    await using file = await open(path, 'w')
    for await (const chunk of response.body ?? []) {
      await file.writeFile(chunk)
      done += chunk.length
      report(done, total)
    }
  } catch (cause) {
    throw refusal(`The download of ${basename(path)} broke off at ${done} bytes`, cause)
  }
}

function refusal(what: string, cause?: unknown): PlumblineError {
  return new PlumblineError(
    'not_configured',
    `${what}; check the reference and the network, or give a GGUF file as file:path.`,
    { cause },
  )
}
