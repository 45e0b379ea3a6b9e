/**
 * What a JavaScript program finds beside the language: the parts of Node and of browsers that programs on stdin and
 * stdout are written with. A function of the two ways out and of stdin; it runs inside QuickJS, never in our process.
 * Gives the function that runs a timer that is due, which tells whether there was one.
 */
export const PRELUDE = String.raw`(function (write, exit, stdin) {
  'use strict'
  const stringify = JSON.stringify
  const quote = (text) => "'" + stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'") + "'"
  function inspect(value, depth) {
    if (typeof value === 'string') return depth === 0 ? value : quote(value)
    if (typeof value === 'bigint') return value + 'n'
    if (Object.is(value, -0)) return '-0'
    if (typeof value === 'function') return '[Function: ' + (value.name || '(anonymous)') + ']'
    if (typeof value !== 'object' || value === null) return String(value)
    if (value instanceof Error) return value.stack ? String(value) + '\n' + value.stack : String(value)
    if (depth > 3) return Array.isArray(value) ? '[Array]' : '[Object]'
    const inner = (item) => inspect(item, depth + 1)
    const list = (open, items, close) => (items.length === 0 ? open + close : open + ' ' + items.join(', ') + ' ' + close)
    if (Array.isArray(value)) return list('[', Array.from(value, inner), ']')
    if (value instanceof Set) return 'Set(' + value.size + ') ' + list('{', Array.from(value, inner), '}')
    if (value instanceof Map) {
      return 'Map(' + value.size + ') ' + list('{', Array.from(value, ([key, item]) => inner(key) + ' => ' + inner(item)), '}')
    }
    const name = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key))
    return list('{', Object.entries(value).map(([key, item]) => name(key) + ': ' + inner(item)), '}')
  }
  const line = (stream) => (...values) => write(stream, values.map((value) => inspect(value, 0)).join(' ') + '\n')
  const [out, err] = [line(1), line(2)]

  const timers = []
  let made = 0
  const setTimeout = (work, delay = 0, ...values) => {
    timers.push({ id: ++made, at: Number(delay) || 0, work: () => work(...values) })
    return made
  }
  const clearTimeout = (id) => {
    const index = timers.findIndex((timer) => timer.id === id)
    if (index >= 0) timers.splice(index, 1)
  }
  const runTimer = () => {
    if (timers.length === 0) return false
    timers.sort((a, b) => a.at - b.at || a.id - b.id)
    const { at, work } = timers.shift()
    for (const timer of timers) timer.at = Math.max(0, timer.at - at)
    work()
    return true
  }

  let unread = stdin === '' ? [] : stdin.replace(/\n$/, '').split('\n').map((text) => text.replace(/\r$/, ''))
  const readline = () => (unread.length === 0 ? null : unread.shift())
  const listeners = (events) => ({
    on(event, listener) {
      if (event in events) setTimeout(() => events[event](listener))
      return this
    },
  })
  const process = {
    argv: ['node', 'program.js'],
    env: {},
    platform: 'linux',
    exit: (code) => exit(code === undefined ? 0 : Number(code)),
    exitCode: 0,
    nextTick: (work, ...values) => void Promise.resolve().then(() => work(...values)),
    hrtime: Object.assign(() => [0, 0], { bigint: () => 0n }),
    stdout: { write: (text) => (write(1, String(text)), true) },
    stderr: { write: (text) => (write(2, String(text)), true) },
    stdin: Object.assign(listeners({ data: (listener) => listener(stdin), end: (listener) => listener() }), {
      fd: 0,
      setEncoding() {},
      resume() {},
    }),
  }
  const fail = (message, standard) => {
    if (message instanceof Error) throw message
    throw Object.assign(new Error(message === undefined ? standard : message), { name: 'AssertionError' })
  }
  const same = (a, b, strict) => {
    if (strict ? Object.is(a, b) : a == b) return true
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (Array.isArray(a) !== Array.isArray(b)) return false
    if (a instanceof Set || a instanceof Map) return a.constructor === b.constructor && same([...a], [...b], strict)
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key], strict))
  }
  const ok = (value, message) => value || fail(message, 'The value is ' + inspect(value, 1) + '.')
  const compares = (holds, what) => (a, b, message) =>
    holds(a, b) || fail(message, inspect(a, 1) + ' ' + what + ' ' + inspect(b, 1))
  const assert = Object.assign((value, message) => void ok(value, message), {
    ok,
    equal: compares((a, b) => a == b, '!='),
    strictEqual: compares((a, b) => Object.is(a, b), '!=='),
    notEqual: compares((a, b) => a != b, '=='),
    notStrictEqual: compares((a, b) => !Object.is(a, b), '==='),
    deepEqual: compares((a, b) => same(a, b, false), 'is not deeply equal to'),
    deepStrictEqual: compares((a, b) => same(a, b, true), 'is not deeply equal to'),
    throws(work, message) {
      try {
        work()
      } catch {
        return
      }
      fail(typeof message === 'string' ? message : undefined, 'Nothing was thrown.')
    },
    fail,
  })
  const modules = {
    assert,
    fs: {
      readFileSync(path) {
        if (path === 0 || path === '/dev/stdin') return stdin
        throw new Error('There are no files: only stdin can be read.')
      },
    },
    process,
    readline: {
      createInterface: () => ({
        ...listeners({
          line: (listener) => { for (let text = readline(); text !== null; text = readline()) listener(text) },
          close: (listener) => setTimeout(listener),
        }),
        close() {},
        async *[Symbol.asyncIterator]() { for (let text = readline(); text !== null; text = readline()) yield text },
        question(text, answer) { write(1, String(text)); setTimeout(() => answer(readline())) },
      }),
    },
  }
  const require = (name) => {
    const found = modules[String(name).replace(/^node:/, '')]
    if (found) return found
    throw new Error("There is no module '" + name + "': only " + Object.keys(modules).join(', ') + '.')
  }
  const module = { exports: {} }
  const setInterval = () => fail(undefined, 'There is no setInterval.')
  Object.assign(globalThis, {
    console: { log: out, info: out, debug: out, error: err, warn: err, table: out },
    print: out, readline, process, require, module, exports: module.exports, assert,
    setTimeout, clearTimeout, setImmediate: (work, ...values) => setTimeout(work, 0, ...values),
    setInterval, structuredClone: (value) => JSON.parse(stringify(value)), queueMicrotask: process.nextTick,
  })
  return runTimer
})`
