import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Program, Sandbox } from '../../shared/verify/sandbox.ts'
import { openPython } from './python.ts'

/** Where there is no python3 on Linux, there is nothing to hold. */
const there = (() => {
  try {
    return process.platform === 'linux' && execFileSync('python3', ['-c', 'print(1)']).length > 0
  } catch {
    return false
  }
})()

describe.skipIf(!there)('Python programs, held by the guard', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await openPython('python3')
  })

  const run = (source: string, rest: Partial<Program> = {}) =>
    sandbox.run({ language: 'python', source, stdin: '', epilogue: null, milliseconds: 1500, ...rest })

  it('compute, read stdin and print', async () => {
    const source =
      'import math, collections\nn, rest = open(0).read().split()\nprint(math.factorial(int(n)), rest)'
    expect(await run(source, { stdin: '5\nrest\n' })).toMatchObject({
      ended: 'exit',
      status: 0,
      stdout: '120 rest\n',
    })
  })

  it('are called, and asserted of', async () => {
    const source = 'class Solution:\n  def pair(self, a): return (a, [a])'
    expect(await run(source, { epilogue: { call: 'Solution().pair', with: [4] } })).toMatchObject({
      finished: true,
      value: '[4, [4]]',
    })
    expect(await run('x = 1', { epilogue: { assert: 'assert x == 1' } })).toMatchObject({ finished: true })
    const failed = await run('x = 1', { epilogue: { assert: 'assert x == 2' } })
    expect(failed).toMatchObject({ finished: false, stderr: expect.stringContaining('AssertionError') })
  })

  it.each([
    ['reads /etc/passwd', "open('/etc/passwd')"],
    ["reads the service's environment", 'import os\nopen(f"/proc/{os.getpid()}/environ")'],
    ["reads the parent's memory", 'import os\nos.open("/proc/1/mem", 0)'],
    ['writes a file', "open('/tmp/plumbline-escaped', 'w')"],
    ['lists a folder', "import os\nos.listdir('/')"],
    ['opens a socket', 'import socket\nsocket.socket()'],
    ['forks', 'import os\nos.fork()'],
    ['forks twice and leaves its group', 'import os\nos.fork() or os.setsid() or os.fork()'],
    ['spawns', "import subprocess\nsubprocess.run(['true'])"],
    ['starts threads', 'import threading\nthreading.Thread(target=print).start()'],
    ['signals its parent', 'import os\nos.kill(os.getppid(), 9)'],
    ['raises its limits', 'import resource\nresource.setrlimit(resource.RLIMIT_CPU, (9, 9))'],
    ['maps a file by number', 'import os\nos.open("/", os.O_PATH)'],
  ])('%s: refused', async (_, source) => {
    const { ended, status, stderr } = await run(source)
    expect([ended, status]).toEqual(['exit', 1])
    expect(stderr).toMatch(/PermissionError|Operation not permitted|can't start new thread|not allowed/)
  })

  it.each([
    ['loops', 'while True: pass', 'timeout'],
    ['sleeps', 'import time\ntime.sleep(1000)', 'timeout'],
    [
      'ignores every signal',
      'import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass',
      'timeout',
    ],
    ['takes all memory', 'x = "a" * 10**10', 'memory'],
    ['writes without end', 'while True: print("x" * 10000)', 'output'],
  ] as const)('%s: ended', async (_, source, ended) => {
    const { milliseconds, ...outcome } = await run(source, { milliseconds: 500 })
    expect(outcome).toMatchObject({ ended, finished: false })
    expect(milliseconds).toBeLessThan(8000)
  })

  it('calls of the system made by machine code of its own are refused as well', async () => {
    const source =
      'import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n' +
      'calls = [2, 16, 41, 56, 57, 58, 59, 62, 72, 101, 157, 158, 165, 272, 308, 310, 317, 319, 321, 323, 425, 435, 437, 438, 442]\n' +
      'print([libc.syscall(n, 0, 0, 0, 0, 0, 0) for n in calls if libc.syscall(n, 0, 0, 0, 0, 0, 0) != -1])'
    expect(await run(source)).toMatchObject({ stdout: '[]\n' })
  })

  it('a program that leaves early, or forges its report, has not passed', async () => {
    const epilogue = { assert: 'assert False' }
    for (const source of [
      'import os\nos._exit(0)',
      'import sys\nsys.exit(0)',
      'import os\nos.write(4, b\'{"ended":"exit","status":0,"finished":true,"value":null}\')\nos._exit(0)',
      'import os\nos.write(4, b\'{"refused":"not at all"}\')\nos._exit(0)',
    ]) {
      expect(await run(source, { epilogue })).toMatchObject({ finished: false })
    }
  })

  it('a program that finds out the word of the report can not have itself excused', async () => {
    const source =
      'import os, sys\nword = sys._getframe(1).f_locals["word"]\n' +
      'os.write(4, (word + \'{"refused":"not at all"}\').encode())\nos._exit(0)'
    expect(await run(source, { epilogue: { call: 'f', with: [] } })).toMatchObject({
      ended: 'exit',
      finished: false,
    })
  })

  it('a crash of the interpreter is a program that failed', async () => {
    expect(await run('import ctypes\nctypes.string_at(0)')).toMatchObject({ ended: 'exit', status: 1 })
  })

  it('what a program leaves behind no other finds', async () => {
    await run('import builtins\nbuiltins.left = 1')
    expect((await run('print(left)')).stderr).toContain('NameError')
  })
})

it('an interpreter that can not be run, or is none, is refused with a sentence', async () => {
  await expect(openPython('/nonexistent/python')).rejects.toThrow("PLUMBLINE_PYTHON '/nonexistent/python'")
  await expect(openPython('/bin/true')).rejects.toMatchObject({ code: 'not_configured' })
})
