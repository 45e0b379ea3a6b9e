import type { JsonSchema } from '../../shared/model/language-model.ts'

/** What a reply must be. */
export type ConstraintSpec =
  | { kind: 'json_schema'; schema: JsonSchema }
  | { kind: 'json_object' }
  | { kind: 'regex'; pattern: string }
  | { kind: 'choice'; choices: readonly string[] }

/** One reply under way that must keep to a spec. */
export interface Constraint {
  /** Bit `t % 32` of word `t >>> 5` is set where token t may come next; valid until `accept`. */
  mask(): Int32Array
  /** The token was written. Throws a TypeError for one that the mask forbids. */
  accept(token: number): void
  /** The reply can only end now. */
  readonly complete: boolean
  dispose(): void
}

/** Makes constraints for one tokenizer; what a spec compiles to is kept, within bounds. */
export interface ConstraintCompiler {
  /** Throws `invalid_request` for a spec that no reply can satisfy, that isn't supported or that is too large; the sentence names the part. */
  compile(spec: ConstraintSpec): Promise<Constraint>
  dispose(): void
}
