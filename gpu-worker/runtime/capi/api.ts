import koffi from 'koffi'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Argument, Entry, FunctionName, Places, Table } from './table.ts'

type Taken = { int: number; size: number; text: string; pointer: bigint | null; array: ArrayBufferView }
type Given = { int: number; size: number; pointer: bigint }

/** The arguments of a function, less the one it writes to. */
type Takes<T extends readonly Argument[]> = { -readonly [I in keyof T]: Taken[T[I]] }
/** What a function writes to its last argument, or returns. */
type Gives<E extends Entry> = E extends { gives: infer G extends keyof Given }
  ? Given[G]
  : E extends { returns: infer R extends keyof Given }
    ? Given[R]
    : undefined

const TYPES = {
  int: 'int32_t',
  size: 'size_t',
  text: 'str',
  pointer: 'void *',
  array: 'void *',
} as const satisfies Record<Argument, string>

/** The system maps nothing below. */
const LOWEST_ADDRESS = 65_536n

/** A function of koffi's; it checks nothing of its types. */
type Foreign = ReturnType<typeof koffi.decode>

/** onnxruntime's functions. One that fails throws `internal` with the runtime's own words. */
export class Api {
  readonly #table: Places
  readonly #functions: ReadonlyMap<string, Foreign>

  /** `functions` are the library's, of which `table` says which is which. */
  constructor(functions: readonly bigint[], table: Places) {
    this.#table = table
    this.#functions = new Map(
      Object.entries<Entry>(table).map(([name, entry]) => [
        name,
        koffi.decode(functions[entry.at], prototype(entry)),
      ]),
    )
  }

  call<N extends FunctionName>(name: N, ...taken: Takes<Table[N]['takes']>): Gives<Table[N]> {
    const { gives, returns } = this.#table[name]
    const foreign = this.#functions.get(name)
    if (returns) return foreign(...taken)
    const cell = newCell()
    this.#settle(gives ? foreign(...taken, cell) : foreign(...taken))
    return gives && koffi.decode(cell, TYPES[gives])
  }

  /** Calls on another thread. What pointers and arrays point to must stay where it is until then. */
  async later<N extends FunctionName>(name: N, ...taken: Takes<Table[N]['takes']>): Promise<Gives<Table[N]>> {
    const { gives } = this.#table[name]
    const cell = newCell()
    const passed = gives ? [...taken, cell] : taken
    const { promise, resolve, reject } = Promise.withResolvers<bigint | null>()
    this.#functions
      .get(name)
      .async(...passed, (error: unknown, status: bigint | null) => (error ? reject(error) : resolve(status)))
    this.#settle(await promise)
    return gives && koffi.decode(cell, TYPES[gives])
  }

  /** Throws what a status tells, and releases it; there is none where all went well. */
  #settle(status: bigint | null | undefined): void {
    if (status === null || status === undefined) return
    const message = textAt(this.call('GetErrorMessage', status)).trim()
    this.call('ReleaseStatus', status)
    throw new PlumblineError('internal', `The runtime failed: ${message}`)
  }
}

function prototype({ takes, gives, fails, returns }: Entry) {
  const taken = [...takes.map((kind) => TYPES[kind]), ...(gives ? ['void *'] : [])]
  return koffi.proto(returns ? TYPES[returns] : gives || fails ? 'void *' : 'void', taken)
}

/** Memory that a function writes its result to. A smaller array may be moved by the garbage collector. */
function newCell(): BigUint64Array {
  return new BigUint64Array(16)
}

/** The text that a `const char *` points to; empty where it points to no memory. */
export function textAt(pointer: bigint | null): string {
  return pointer === null || pointer < LOWEST_ADDRESS ? '' : koffi.decode(pointer, 'char', -1)
}
