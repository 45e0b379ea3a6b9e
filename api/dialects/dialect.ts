import type * as z from 'zod'
import type { PlumblineError } from '../../shared/protocol/error.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { requireRewards } from './require-rewards.ts'
import type { Rewarded, Sample, Scored } from './sample.ts'
import type { DialectSettings, OwnSetting } from './settings.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json }

/** Rewards the samples of one body, in their order. */
export type Scorer = (samples: readonly Sample[]) => Promise<Scored[]>

/** What is sent back; the status is 200 where none is given. */
export type Reply = { body: Json; headers?: Record<string, string>; status?: 200 | 422 | 503 }

type Described = {
  /** Of the last part of its path. */
  name: string
  /** Which tools call it, and what their user sets. */
  client: string
  /** How long the client waits for an answer, milliseconds; null where it has no timeout. */
  patienceMs: number | null
  /** The fields of a body that tell it from those of other dialects at one path. */
  marks: readonly string[]
  /** The settings of the URL that it has beside those of all. */
  settings?: readonly OwnSetting[]
  /** Its client sends a call once, and stops or makes the reward up when that fails: passing failures are waited out. */
  once?: true
  /** What its user sets to send fewer samples a call. */
  batchFlag?: string
  /** Its client wants a score of each sample by itself; only a URL that says so compares them. */
  alone?: true
  /** The methods that its client sends a body with; POST where nothing is said. */
  methods?: readonly ('POST' | 'PUT')[]
  /** How its client is told of an error, with the status; as everywhere else where nothing is said. */
  refuse?: (error: PlumblineError) => { body: Json; status: number }
  /** What a good reply looks like to `GET`. */
  example: { request: Json; reply: (reward: number, score: number, settings: DialectSettings) => Json }
  /** For the API's description. */
  reply: z.ZodType
}

/** The way in which one client asks for rewards over HTTP: it translates and decides nothing. */
export type Dialect = Described & {
  request: z.ZodType
  /** Throws `invalid_request` naming the field, and `not_scored` where the client takes no null. */
  answer(body: unknown, settings: DialectSettings, score: Scorer): Promise<Reply>
}

type Translation<Body, Given> = Described & {
  /** Fields beside the ones that are read are the client's own affair: a loose object. */
  request: z.ZodType<Body>
  read(body: Body, settings: DialectSettings): Sample[]
  write(scored: Given[], settings: DialectSettings, body: Body): Reply
}

/** A dialect whose client takes a number for every sample: one without fails the call, which its client repeats. */
export function numbersOnly<Body>(dialect: Translation<Body, Rewarded>): Dialect {
  return translated(dialect, requireRewards)
}

/** A dialect that has a way of its own to say that there is no reward. */
export function nullsToo<Body>(dialect: Translation<Body, Scored>): Dialect {
  return translated(dialect, (scored) => scored)
}

function translated<Body, Given>(
  { read, write, ...described }: Translation<Body, Given>,
  given: (scored: Scored[]) => Given[],
): Dialect {
  return {
    ...described,
    async answer(body, settings, score) {
      const parsed = parseWith(described.request, body)
      return write(given(await score(read(parsed, settings))), settings, parsed)
    },
  }
}
