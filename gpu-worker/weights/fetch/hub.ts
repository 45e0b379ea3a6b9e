import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { digestOfAll, sha256OfFile } from '../digest.ts'
import type { OnProgress } from '../progress.ts'
import { download } from './download.ts'
import { filesToFetch, type HubFile, listHub } from './hub-listing.ts'
import { cachedModel, publishModel, withDownloads } from './model-cache.ts'
import type { ResolvedModel } from './resolve.ts'

export const HUB_URL = 'https://huggingface.co'

type Repository = { repository: string; revision: string }
type HubOptions = { home: string; onProgress: OnProgress; hubUrl: string; signal?: AbortSignal }

/**
 * Fetches a repository's GGUF file that we read best, or its safetensors with what stands beside them; what has
 * arrived is kept when it is cut off. What a revision was last time is remembered, and used when the hub can't be
 * reached.
 */
export async function fetchFromHub(from: Repository, options: HubOptions): Promise<ResolvedModel> {
  const name = `${from.repository}@${from.revision}`
  try {
    const model = await fetchBest(from, options)
    await remember(options.home, name, model.digest)
    return model
  } catch (error) {
    options.signal?.throwIfAborted()
    const cached = await remembered(options.home, name)
    if (!cached) throw error
    options.onProgress({ phase: 'try', done: 0, total: 0, detail: `Using ${name} as it was fetched last` })
    return cached
  }
}

async function fetchBest({ repository, revision }: Repository, options: HubOptions): Promise<ResolvedModel> {
  const { home, hubUrl, signal } = options
  const listing = await listHub(hubUrl, repository, revision, signal)
  const pinned = `${repository}@${listing.commit}`
  const known = await remembered(home, pinned)
  if (known) return known
  const files = filesToFetch(repository, listing)
  const [only] = files
  const promised = files.length === 1 ? (only?.lfs?.sha256 ?? null) : null
  const same = promised === null ? null : await cachedModel(home, promised)
  if (same) return same

  const model = await withDownloads(home, pinned, async (folder) => {
    const digests = await fetchAll(
      files,
      `${hubUrl}/${repository}/resolve/${listing.commit}`,
      repository,
      folder,
      options,
    )
    const [name = '', digest = ''] = [...digests][0] ?? []
    return digests.size === 1
      ? publishModel(home, digest, name, join(folder, name))
      : publishModel(home, digestOfAll(digests), basename(repository), folder)
  })
  await remember(home, pinned, model.digest)
  return model
}

/** Downloads files into a folder, and gives the SHA-256 of each. */
async function fetchAll(
  files: readonly HubFile[],
  url: string,
  repository: string,
  folder: string,
  { onProgress, signal }: HubOptions,
): Promise<Map<string, string>> {
  const total = files.reduce((sum, file) => sum + (file.size ?? 0), 0)
  const digests = new Map<string, string>()
  let before = 0
  for (const file of files) {
    const name = basename(file.rfilename)
    const detail = `Downloading ${files.length === 1 ? `${name} of ` : ''}${repository}`
    await download({
      url: `${url}/${file.rfilename.split('/').map(encodeURIComponent).join('/')}`,
      path: join(folder, name),
      size: file.size ?? null,
      signal,
      onBytes: (done, own) =>
        onProgress({ phase: 'download', done: before + done, total: total || own, detail }),
      verify: async (path) => {
        if (files.length === 1) onProgress({ phase: 'verify', done: 0, total: 0, detail: `Checking ${name}` })
        await verify(path, file)
      },
    })
    digests.set(name, file.lfs?.sha256 ?? (await sha256OfFile(join(folder, name), signal)))
    before += file.size ?? 0
  }
  return digests
}

/** Large files are promised by their SHA-256, others by the name that git gives their bytes. */
async function verify(path: string, { rfilename, lfs, blobId }: HubFile): Promise<void> {
  const promised = lfs?.sha256 ?? blobId
  if (!promised) return
  const actual = lfs ? await sha256OfFile(path) : gitName(await readFile(path))
  if (actual === promised) return
  const kind = lfs ? 'SHA-256' : 'the git name'
  throw new PlumblineError(
    'not_configured',
    `${basename(rfilename)} arrived with ${kind} ${actual} instead of ${promised}; fetch it again or give file:path.`,
  )
}

function gitName(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

function noteOf(home: string, name: string): string {
  return join(home, 'models', 'hub', encodeURIComponent(name))
}

async function remember(home: string, name: string, digest: string): Promise<void> {
  const note = noteOf(home, name)
  await mkdir(dirname(note), { recursive: true })
  await writeFile(note, digest)
}

async function remembered(home: string, name: string): Promise<ResolvedModel | null> {
  const digest = await readFile(noteOf(home, name), 'utf8').catch(() => null)
  return digest === null ? null : cachedModel(home, digest)
}
