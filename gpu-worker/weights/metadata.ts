import { PlumblineError } from '../../shared/protocol/error.ts'

/** The key-value pairs of a GGUF file. A key that is absent or of another type is an error that names it. */
export class Metadata {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(values: Readonly<Record<string, unknown>>, path: string) {
    this.#values = values
    this.#path = path
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined
  }

  number(key: string, fallback?: number): number {
    const value = this.#values[key]
    if (value === undefined && fallback !== undefined) return fallback
    if (typeof value === 'bigint') return Number(value)
    return typeof value === 'number' ? value : this.#refuse(key, 'a number')
  }

  string(key: string, fallback?: string): string {
    const value = this.#values[key]
    if (value === undefined && fallback !== undefined) return fallback
    return typeof value === 'string' ? value : this.#refuse(key, 'a string')
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#values[key]
    if (value === undefined) return fallback
    return typeof value === 'boolean' ? value : this.#refuse(key, 'a boolean')
  }

  strings(key: string): string[] {
    const value = this.#values[key]
    if (!Array.isArray(value)) return this.#refuse(key, 'a list of strings')
    return value.map((entry) => (typeof entry === 'string' ? entry : this.#refuse(key, 'a list of strings')))
  }

  numbers(key: string): number[] {
    const value = this.#values[key]
    if (!Array.isArray(value)) return this.#refuse(key, 'a list of numbers')
    return value.map((entry) => (typeof entry === 'number' ? entry : this.#refuse(key, 'a list of numbers')))
  }

  #refuse(key: string, wanted: string): never {
    throw new PlumblineError(
      'not_configured',
      `${this.#path} has no ${key} that is ${wanted}; use a GGUF file of a chat model.`,
    )
  }
}
