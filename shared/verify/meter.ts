/** Thrown by a metered value when more was read from it than allowed. */
export class ReadLimitReached extends Error {}

/** How many reads are left; shared by all values that one computation may look at. */
export type Allowance = { reads: number }

/** Listing keys through a proxy costs about as much as so many reads, and so many more a key. */
const KEY_LIST = 8
const KEY = 4

/**
 * The same JSON value, with every read of a property counted against `allowance`. It bounds a library that takes
 * no limit of its own: whatever it does, it must look at its input to do it.
 * Throws `ReadLimitReached` from the read that goes over.
 */
export function metered<T>(value: T, allowance: Allowance): T {
  const seen = new WeakMap<object, object>()
  const spend = (reads: number) => {
    allowance.reads -= reads
    if (allowance.reads < 0) throw new ReadLimitReached('read limit reached')
  }
  const wrap = <V>(inner: V): V => (isObject(inner) ? (wrapObject(inner) as V & object) : inner)
  const wrapObject = (target: object): object => {
    const known = seen.get(target)
    if (known) return known
    const proxy = new Proxy(target, {
      get(object, key) {
        spend(1)
        return wrap(Reflect.get(object, key) as unknown)
      },
      ownKeys(object) {
        const keys = Reflect.ownKeys(object)
        spend(KEY_LIST + keys.length * KEY)
        return keys
      },
    })
    seen.set(target, proxy)
    return proxy
  }
  return wrap(value)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
