import type * as z from 'zod'
import type { LanguageModel, TokenCount } from '../model/language-model.ts'
import type { Message } from '../protocol/message.ts'
import type { Sandbox } from '../verify/sandbox.ts'
import type { GraderErrors } from './fault.ts'
import type { Namespaces } from './template.ts'

/** What grading needs of a model. */
export type GradingModel = Pick<LanguageModel, 'generate' | 'verdicts'>

/** What a judge found, in a sentence where it lies, and what that took. */
type Found<Read> = { read: Read; details: string; use: ModelUse }

/** A judge that has a model's name. It reads messages as a question, and throws what judgments throw. */
export type GradingJudge = {
  /** How good the response is, or the first of several beside the others: 0 to 1. */
  score(messages: Message[]): Promise<Found<number>>
  /** Which of the labels says what it found. */
  label(messages: Message[], labels: string[]): Promise<Found<string>>
}

/** What graders need from outside. */
export type Surroundings = {
  /** A model that grades. Throws `model_not_found` or `not_configured`. */
  model(id: string): GradingModel
  /** A model whose responses are graded: asked the same again, it answers anew. Throws as `model` does. */
  policy(id: string): GradingModel
  /** Null where the id is no judge's name. */
  judge(id: string): GradingJudge | null
  /** A vector for each text. Throws what `model` does, and what calls to models do. */
  embed(model: string, texts: string[]): Promise<number[][]>
  sandbox: Pick<Sandbox, 'languages' | 'run'>
  /** Grades by Python where another service runs it; absent where none does. */
  pythonElsewhere?(grader: { name: string; source: string }, namespaces: Namespaces): Promise<Grade>
}

/** Calls to one model and what they took. */
export type ModelUse = { model: string; calls: number; tokens: TokenCount }

/** What a grader came to. */
export type Grade = {
  /** Null where it could not tell, and `errors` says why. */
  reward: number | null
  errors: GraderErrors
  /** What went wrong, or what is worth knowing, in a sentence. */
  details: string | null
  uses: ModelUse[]
  /** What a grading model said, as it came. */
  reply: string | null
  /** The grades that a `multi` was computed from. */
  parts: Record<string, Grade>
}

/** What one kind of grader says of itself, without what all have in common. */
export type Scored = { reward: number; details?: string; use?: ModelUse; reply?: string }

export type GraderDefinition<Schema extends z.ZodType = z.ZodType> = {
  schema: Schema
  /** Texts that hold holes: they are looked through before anything is graded. */
  templates(spec: z.infer<Schema>): string[]
  /** Throws `GraderFault` where it can't tell. */
  grade(spec: z.infer<Schema>, namespaces: Namespaces, surroundings: Surroundings): Scored | Promise<Scored>
}

/** Keeps the type of the schema, by which `grade` knows its spec. */
export function defineGrader<Schema extends z.ZodType>(
  definition: GraderDefinition<Schema>,
): GraderDefinition<Schema> {
  return definition
}
