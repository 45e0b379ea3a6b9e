import { describe, expect, it } from 'vitest'
import type { Program } from '../../../shared/verify/sandbox.ts'
import { serverSandbox } from './sandbox.ts'

const sandbox = serverSandbox()
const run = (source: string, rest: Partial<Program> = {}) =>
  sandbox.run({ language: 'javascript', source, stdin: '', epilogue: null, milliseconds: 500, ...rest })

describe('JavaScript programs that mean harm', () => {
  it.each([
    ['loops', 'while (true) {}', 'timeout'],
    ['loops in a promise', 'const f = () => Promise.resolve().then(f); f()', 'timeout'],
    ['backtracks', '/(a+)+$/.test("a".repeat(50) + "b")', 'timeout'],
    ['searches for ever in one call', '"a".repeat(2e7).indexOf("a".repeat(1e7) + "b")', 'timeout'],
    ['throws what can not be read', 'throw { get message() { while (true) {} } }', 'timeout'],
    ['takes all memory', 'const a = []; while (true) a.push(new Array(1e5).fill(1))', 'memory'],
    ['writes without end', 'while (true) console.log("x".repeat(1000))', 'output'],
  ] as const)('%s: ended', async (_, source, ended) => {
    const { milliseconds, ...outcome } = await run(source, { milliseconds: ended === 'timeout' ? 200 : 5000 })
    expect(outcome).toMatchObject({ ended, finished: false })
    expect(milliseconds).toBeLessThan(6000)
  })

  it.each([
    ['recurses', 'function f() { f() } f()'],
    ['nests', 'JSON.parse("[".repeat(1e6))'],
    ['nests source', 'eval("[".repeat(1e6))'],
    ['fetches', 'fetch("http://127.0.0.1")'],
    ['reads a file', 'require("fs").readFileSync("/etc/passwd")'],
    ['imports', 'import("node:fs")'],
    ['loads a module of Node', 'require("child_process")'],
    ['reaches for the host', 'this.constructor.constructor("return process")().mainModule.require("fs")'],
  ])('%s: an error of its own', async (_, source) => {
    const { ended, status, stderr } = await run(source)
    expect([ended, status]).toEqual(['exit', 1])
    expect(stderr).not.toBe('')
  })

  it('finds nothing of the service: no environment, no arguments, nothing that another program left', async () => {
    await run('globalThis.left = 1; Object.prototype.left = 1; Array.prototype.map = null')
    const source =
      'console.log(typeof left, JSON.stringify(process.env), process.argv.length, [1].map(String)[0])'
    expect(await run(source)).toMatchObject({ stdout: 'undefined {} 2 1\n' })
  })

  it('a program that leaves before its test has not passed it', async () => {
    const epilogue = { assert: 'assert(false)' }
    for (const source of ['process.exit(0)', 'try { process.exit(0) } catch {} while (true) {}']) {
      expect(await run(source, { epilogue })).toMatchObject({ ended: 'exit', finished: false })
    }
  })
})

it('programs on stdin in the ways that people write them', async () => {
  const ways = [
    'console.log(require("fs").readFileSync(0, "utf8").trim().split("\\n").length)',
    'let n = 0; require("readline").createInterface({ input: process.stdin }).on("line", () => n++).on("close", () => console.log(n))',
    'let text = ""; process.stdin.on("data", (d) => (text += d)).on("end", () => console.log(text.split("\\n").length - 1))',
    'let n = 0; while (readline() !== null) n++; print(n)',
    '(async () => { let n = 0; for await (const _ of require("readline").createInterface({})) n++; console.log(n) })()',
  ]
  for (const source of ways) expect(await run(source, { stdin: 'a\nb\n' })).toMatchObject({ stdout: '2\n' })
})

it('many programs at once all come to their end', async () => {
  const runs = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      run(`function f() { return ${n} }`, { epilogue: { call: 'f', with: [] } }),
    ),
  )
  expect(runs.map(({ value }) => Number(value))).toEqual(Array.from({ length: 24 }, (_, n) => n))
})
