import type { Admission } from './admission.ts'
import type { ChooseResult } from './engine.ts'
import { FairQueue } from './fair-queue.ts'
import type { KvNeed } from './kv/kv-budget.ts'
import { plan, type Readers, type Stem, type Wanted } from './packed/plan.ts'
import { sharedLength } from './packed/prefix-tree.ts'
import type { Reader } from './reader.ts'
import { logSumExp } from './sampler.ts'

/** A prompt and the tokens of each choice, at least one each. */
export type Question = {
  prompt: readonly number[]
  choices: readonly (readonly number[])[]
  adapter: string | null
  caller: string
  signal?: AbortSignal | undefined
  onStart: () => void
}

export type ScorerOptions = {
  /** Tokens of one row of branches, and of a row in all, see `plan`. */
  pack: number
  places: number
  /** Tokens that are computed for the questions of one batch, about. */
  batch: number
}

type Task = Question & {
  arrived: number
  started: number
  /** The log-probability of each choice so far, but for what all have in common. */
  scores: Float64Array
  /** Tokens of choices whose logits have not come yet. */
  missing: number
  /** Tokens of the prompt that were computed for it. */
  computed: number
  over: boolean
  result: PromiseWithResolvers<ChooseResult>
}

/** Scores questions: those that wait are taken together, and what they share is computed once. */
export class Scorer {
  readonly #reader: Reader
  readonly #admission: Admission
  readonly #options: ScorerOptions
  readonly #waiting = new FairQueue<Task>()
  #running = false

  constructor(reader: Reader, admission: Admission, options: ScorerOptions) {
    this.#reader = reader
    this.#admission = admission
    this.#options = options
  }

  /** Throws the signal's reason. */
  async score(question: Question): Promise<ChooseResult> {
    const { signal, caller, choices } = question
    signal?.throwIfAborted()
    const task: Task = {
      ...question,
      arrived: performance.now(),
      started: Number.NaN,
      scores: new Float64Array(choices.length),
      missing: choices.reduce((sum, tokens) => sum + tokens.length, 0),
      computed: 0,
      over: false,
      result: Promise.withResolvers(),
    }
    const giveUp = () => {
      this.#waiting.remove(task)
      fail(task, signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    this.#waiting.push(caller, task)
    if (!this.#running) void this.#run()
    return task.result.promise.finally(() => signal?.removeEventListener('abort', giveUp))
  }

  async #run(): Promise<void> {
    this.#running = true
    // Questions are sent one by one: those of one moment go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.size > 0) await this.#answerSome()
    this.#running = false
  }

  async #answerSome(): Promise<void> {
    const admitted = await this.#admission.enter({
      kind: 'score',
      caller: '',
      need: () => this.#need([...this.#waiting.items()]),
    })
    const tasks = this.#take(admitted.need.prompt)
    try {
      await this.#answer(tasks)
    } catch (error) {
      for (const task of tasks) fail(task, error)
    } finally {
      admitted.read()
      admitted.left()
    }
  }

  /** Room for the longest sequence with a row of branches behind it. */
  #need(questions: readonly Question[]): KvNeed {
    const longest = questions.reduce((most, question) => Math.max(most, lengthOf(question)), 0)
    const { pack, batch, places } = this.#options
    return { prompt: Math.min(longest + Math.min(pack, batch), places), row: null }
  }

  /** Takes questions under one adapter until the batch is full, at least one. */
  #take(room: number): Task[] {
    const tasks: Task[] = []
    let tokens = 0
    for (;;) {
      const next = this.#waiting.take((task) => {
        const [first] = tasks
        if (first && task.adapter !== first.adapter) return false
        if (this.#need([task]).prompt > room) return false
        return !first || tokens + fresh(task, tasks) <= this.#options.batch
      })
      if (!next) return tasks
      tokens += fresh(next, tasks)
      next.started = performance.now()
      next.onStart()
      tasks.push(next)
    }
  }

  async #answer(tasks: readonly Task[]): Promise<void> {
    const sequences = tasks.flatMap((task) =>
      task.choices.map((choice, index) => ({
        task,
        choice,
        index,
        tokens: [...task.prompt, ...choice.slice(0, -1)],
        from: task.prompt.length - 1,
      })),
    )
    const { pack, places } = this.#options
    for (const stem of plan(sequences, pack, places)) await this.#readStem(stem, sequences)
  }

  async #readStem(stem: Stem, sequences: readonly Sequence[]): Promise<void> {
    const { tokens, readers } = stem
    const packed = stem.packed.filter((branches) => isWanted(branches.readers, sequences))
    if (packed.length === 0 && !isWanted(readers, sequences)) return
    const wanted = {
      adapter: sequences[stem.owner]?.task.adapter ?? null,
      tokens,
      until: Math.min(tokens.length, ...readers.keys()),
      room: tokens.length + Math.max(0, ...packed.map((branches) => branches.tokens.length)),
    }
    await this.#reader.using(wanted, async (sequence) => {
      for (let at = sequence.tokens.length; at < tokens.length; at++) charge(sequences[stem.owner], at)
      deliver(readers, await this.#reader.read(sequence, tokens, [...readers.keys()]), sequences)
      for (const branches of packed) {
        branches.owners.forEach((owner, index) => {
          charge(sequences[owner], branches.positions[index] ?? 0)
        })
        deliver(branches.readers, await this.#reader.readPacked(sequence, branches), sequences)
      }
    })
  }
}

/** One choice of a task, as the plan sees it. */
type Sequence = Wanted & { task: Task; choice: readonly number[]; index: number }

function lengthOf({ prompt, choices }: Question): number {
  return prompt.length + choices.reduce((most, choice) => Math.max(most, choice.length - 1), 0)
}

/** Tokens that a task adds to what others have computed. */
function fresh(task: Task, others: readonly Task[]): number {
  const shared = others.map(({ prompt }) => sharedLength(task.prompt, prompt, 0, task.prompt.length))
  const tails = task.choices.reduce((sum, choice) => sum + choice.length - 1, 0)
  return task.prompt.length - Math.max(0, ...shared) + tails
}

function isWanted(readers: Readers, sequences: readonly Sequence[]): boolean {
  return [...readers.values()].some((those) => those.some(({ sequence }) => !sequences[sequence]?.task.over))
}

/** What several tasks share is charged to the first of them; the others got it for nothing. */
function charge(sequence: Sequence | undefined, position: number): void {
  if (sequence && position < sequence.task.prompt.length) sequence.task.computed++
}

/** Gives each row of logits to its readers, in order. */
function deliver(readers: Readers, rows: readonly Float32Array[], sequences: readonly Sequence[]): void {
  const places = [...readers.values()]
  rows.forEach((logits, row) => {
    let normaliser: number | null = null
    for (const { sequence, position } of places[row] ?? []) {
      const reading = sequences[sequence]
      if (!reading) continue
      const { task, choice, index, from } = reading
      // After the prompt all choices have the same normaliser, which falls out when they are compared.
      if (position > from) normaliser ??= logSumExp(logits)
      const next = choice[position - from]
      const logit = next === undefined ? Number.NaN : (logits[next] ?? Number.NaN)
      task.scores[index] = (task.scores[index] ?? 0) + logit - (position > from ? (normaliser ?? 0) : 0)
      task.missing--
      if (task.missing === 0) finish(task)
    }
  })
}

function finish(task: Task): void {
  task.over = true
  const { prompt, arrived, started, computed } = task
  task.result.resolve({
    probabilities: softmax(task.scores),
    tokens: { prompt: prompt.length, completion: 0, cached: prompt.length - computed },
    timing: { queued: started - arrived, prefill: performance.now() - started, decode: 0 },
  })
}

function fail(task: Task, error: unknown): void {
  task.over = true
  task.result.reject(error)
}

function softmax(scores: Float64Array): number[] {
  const largest = Math.max(...scores)
  const weights = Array.from(scores, (score) => Math.exp(score - largest))
  const mass = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / mass)
}
