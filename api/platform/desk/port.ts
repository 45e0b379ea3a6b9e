import type { Filed } from '../../../shared/judge/filed.ts'
import type { Job } from '../../../shared/judge/job.ts'
import type { View } from '../../../shared/judge/pair/view.ts'
import type { TokenCount } from '../../../shared/model/language-model.ts'
import type { ErrorData } from '../../../shared/protocol/error.ts'
import type { CacheMode, JudgmentEvent } from '../../../shared/protocol/judgment.ts'
import type { Rubric } from '../../../shared/protocol/rubric.ts'

/** A judgment that a caller wants: everything a desk needs to answer it from the record or to have it made. */
export type Assignment = {
  organisation: string
  /** The id of the API key that pays if it has to be made. */
  apiKey: string
  /** `jobKey`: the organisation and the whole request. */
  key: string
  /** With an Idempotency-Key, the key of this call: what makes a `refresh` or `off` repeatable. */
  repeat: string | null
  cache: CacheMode
  /** The judgments of one call, which share what they make though the call takes nothing from the record. */
  together?: string
  shard: number
  /** The id of the model entry. */
  model: string
  job: Job
  view: View | null
  /** The W3C header of the span that it belongs to, where the call is traced. */
  traceparent?: string
}

/** Evidence with the view in which it was first asked for; lists show it so. */
export type Kept = { filed: Filed; view: View | null }

/** What a desk answers: evidence that lies in the record, or why there is none. */
export type Ruling = { filed: Filed; cache: 'hit' | 'miss' } | { error: ErrorData }

/** What a desk says while a judgment is made, in canonical order; the ruling comes last. */
export type DeskEvent =
  | Exclude<JudgmentEvent, { event: 'result' | 'error' }>
  | { event: 'ruling'; data: Ruling }

/** Where a list goes on: after this record, newest first. */
export type Cursor = { created: number; id: string }

/** A chat completion that was passed on, to be charged to the key that asked for it. */
export type ChatCharge = {
  organisation: string
  apiKey: string
  /** The id of the model entry. */
  model: string
  tokens: TokenCount
}

/** What one API key spent on one model. */
export type UsageRow = {
  api_key: string
  model: string | null
  judgments: number
  chat_completions: number
  judge_calls: number
  prompt_tokens: number
  completion_tokens: number
  cached_tokens: number
}

/**
 * Where judgments are made, filed and charged: one single-threaded place a shard, so that a key has one
 * flight at a time. A caller who leaves cancels nothing.
 */
export type Desk = {
  judge(assignment: Assignment): Promise<Ruling>
  /** The same, told as it happens. Cancelling the stream stops the telling alone. */
  watch(assignment: Assignment): Promise<ReadableStream<DeskEvent>>
  read(organisation: string, id: string): Promise<Kept | null>
  list(organisation: string, before: Cursor | null, limit: number): Promise<Kept[]>
  rubric(organisation: string, id: string): Promise<Rubric | null>
  fileRubric(organisation: string, rubric: Rubric): Promise<void>
  chargeChat(charge: ChatCharge): Promise<void>
  usage(organisation: string): Promise<UsageRow[]>
}
