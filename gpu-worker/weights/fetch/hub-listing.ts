import * as z from 'zod'
import { modelFiles } from '../safetensors/model-folder.ts'
import { refuseDownload } from './download.ts'

const listing = z.object({
  sha: z.string(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().nullish(),
      blobId: z.string().nullish(),
      lfs: z.object({ sha256: z.string() }).nullish(),
    }),
  ),
})

export type HubFile = z.infer<typeof listing>['siblings'][number]

/** The files of a revision, which `commit` pins. */
export type HubListing = { commit: string; files: HubFile[] }

const TIMEOUT_MS = 10_000

/** Asks the hub for a revision's files. Throws `not_configured` when it can't be reached or knows no such revision. */
export async function listHub(
  hubUrl: string,
  repository: string,
  revision: string,
  signal?: AbortSignal,
): Promise<HubListing> {
  const url = `${hubUrl}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`
  const limit = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])])
  const response = await fetch(url, { signal: limit }).catch((cause) => {
    throw refuseDownload(`${new URL(hubUrl).origin} can't be reached`, cause)
  })
  if (!response.ok) throw refuseDownload(`${url} answered ${response.status}`)
  const found = listing.safeParse(await response.json().catch(() => null))
  if (!found.success) throw refuseDownload(`${hubUrl} did not answer with the files of ${repository}`)
  return { commit: found.data.sha, files: found.data.siblings }
}

/** Better first: what loses least, at a size that is still small to fetch. */
const PREFERENCE = ['Q8_0', 'F16', 'BF16', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_1', 'Q4_0', 'F32']

/**
 * The files to fetch: the GGUF file that we read best, or where there is none, those of the whole model. Throws
 * `not_configured` for a repository with neither.
 */
export function filesToFetch(repository: string, { files }: HubListing): HubFile[] {
  const encodingIn = (file: HubFile) =>
    /[.-](B?F16|F32|Q\d\w*)\.gguf$/i.exec(file.rfilename)?.[1]?.toUpperCase()
  const best = PREFERENCE.map((encoding) => files.find((file) => encodingIn(file) === encoding)).find(Boolean)
  if (best) return [best]
  const names = modelFiles(files.map((file) => file.rfilename))
  if (names) return files.filter((file) => names.includes(file.rfilename))
  throw refuseDownload(
    `${repository} has neither a GGUF file of type ${PREFERENCE.join(', ')} nor config.json, tokenizer.json and safetensors`,
  )
}
