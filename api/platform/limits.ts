import { CALLS_IN_FLIGHT } from '../../shared/model/language-model.ts'

/** Every limit of the edge, in one table. A call beyond one is refused with a code, never cut down in silence. */
export const LIMITS = {
  /** Bytes of a request's body. Refused by Content-Length before it is read, and while counting when it is chunked. */
  bodyBytes: 4 * 1024 * 1024,
  /** The same for a dialect's. */
  dialectBodyBytes: 16 * 1024 * 1024,
  /** Bytes of the body of a GET, which holds an id. */
  getBodyBytes: 64 * 1024,
  /** Bytes of an uploaded file: a larger one goes straight to the worker that is to train on it. */
  fileBytes: 16 * 1024 * 1024,
  /** Bytes of a file that a job left at its worker, which is passed on as it comes. */
  resultFileBytes: 256 * 1024 * 1024,
  /** Characters of one stored part of a file: a row of a Durable Object holds 2 MB. */
  filePartCharacters: 256 * 1024,
  /** Jobs of a list whose workers are asked how they stand; the others are shown as they were last known. */
  jobsRefreshed: 20,
  /** A job is not asked about again within this time. */
  jobFreshMs: 1000,
  /** How long a worker has to say how a job stands before its last known state is shown. */
  jobAnswerMs: 10_000,
  /** Rows of an eval run that are graded at once. */
  evalRowsInFlight: 8,
  /** How long a process that says nothing more keeps an eval run to itself. */
  evalHeldMs: 6000,
  /** Before a call of an eval run that failed for the moment is made again. */
  evalPausesMs: [500, 1000, 2000, 4000, 8000, 16_000],
  /** Rows that are handed to the record in one call. */
  evalRowsKept: 200,
  /** Events that are taken over from a worker in one call, and calls that one read makes for them. */
  jobEventsTaken: 500,
  jobEventCalls: 4,
  /** A worker's event stream is opened anew after this long, and after a failure within these. */
  streamMs: 600_000,
  streamRetryMs: 1000,
  streamRetryMostMs: 30_000,
  /** Bytes of a refused body that are read and dropped, so that its sender gets to read the refusal. */
  passedOverBytes: 64 * 1024 * 1024,
  /** Characters (UTF-16 units) of any one text in a body. */
  textCharacters: 200_000,
  /** Levels of arrays and objects in a body. */
  bodyDepth: 64,
  /** Responses in the body of a dialect: an old OpenRLHF sends its whole rollout batch at once. */
  dialectResponses: 16_384,
  /** Responses in the body of a dialect that are judged, and not only verified: each is a call to a desk or more. */
  dialectJudged: 1024,
  /** Groups of one call of a dialect that are scored at once. */
  groupsInFlight: 64,
  /** Judgments that one call of ours has under way at once; the rest of its list waits. */
  judgmentsInFlight: 16,
  /** Calls to model servers that one judgment has in flight: what Cloudflare Workers allow an invocation. */
  callsInFlight: CALLS_IN_FLIGHT,
  /** Calls to one model that one process has in flight, where its entry has no `max_concurrent`: a step of a trainer may
   * come as a thousand calls at once, and servers drop connections beyond what they queue. */
  callsToAModel: 128,
  /** Bytes of a model server's reply. */
  replyBytes: 8 * 1024 * 1024,
  /** Records a page of a list, by default and at most. */
  pageSize: 20,
  maxPageSize: 100,
  /** Characters of an Idempotency-Key. */
  idempotencyKey: 255,
  /** A deterministic failure is remembered for this long, so that a retrying trainer does not hammer a model. */
  failureMs: 60_000,
  /** Characters of finished records, and of the bodies that asked for them, kept in front of the desks. */
  recentBytes: 16 * 1024 * 1024,
  recentEntryBytes: 256 * 1024,
  recentMs: 60_000,
  /** For this long judgments may go by versions of meta-rubrics that another isolate or process has since passed. */
  newestMs: 5_000,
  /** A comment goes down a silent event stream this often, so that proxies keep it open. */
  streamPulseMs: 15_000,
} as const
