import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { answerRun } from '../../shared/graders/answer.ts'
import type { Surroundings } from '../../shared/graders/grader.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { openPython } from '../sandbox/python.ts'

function hasPython(): boolean {
  try {
    return process.platform === 'linux' && execFileSync('python3', ['-c', 'print(1)']).length > 0
  } catch {
    return false
  }
}

/** Where there is no python3 on Linux, there is nothing to run graders with. */
describe.skipIf(!hasPython())('Python graders in the sandbox', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await openPython('python3')
  })
  const grade = (source: string, model_sample = '{"n": 3}', item: unknown = { want: 4 }) => {
    const refuse = () => {
      throw new Error('no model is asked')
    }
    const none: Omit<Surroundings, 'sandbox'> = {
      model: refuse,
      policy: refuse,
      judge: () => null,
      embed: async () => [],
    }
    const body = { grader: { type: 'python', name: 'p', source }, model_sample, item }
    return answerRun(body, { ...none, sandbox }, () => 0)
  }

  it.each([
    ['a number', 'def grade(sample, item):\n    return sample["output_json"]["n"] / item["want"]', 0.75],
    ['the text', 'def grade(sample, item) -> float:\n    return float(len(sample["output_text"]))', 8],
    ['a truth', 'def grade(sample, item):\n    return "n" in sample["output_json"]', 1],
    ['the standard library', 'import re, math, json\ndef grade(s, i):\n    return math.sqrt(16)', 4],
    ['code that prints', 'print("hello")\ndef grade(s, i):\n    print(s)\n    return 0', 0],
  ])('%s', async (_, source, reward) => {
    expect((await grade(source)).reward).toBe(reward)
  })

  it.each([
    ['raises', 'def grade(s, i):\n    return i["missing"]', 'KeyError'],
    ['is no Python', 'def grade(s, i) return 1', 'SyntaxError'],
    ['has no grade', 'def check(s, i):\n    return 1', 'NameError'],
    ['gives text', 'def grade(s, i):\n    return "1"', 'gave no number'],
    ['gives nothing', 'def grade(s, i):\n    pass', 'gave no number'],
    ['gives no finite number', 'def grade(s, i):\n    return float("nan")', 'ValueError'],
    ['opens a file', 'def grade(s, i):\n    return len(open("/etc/passwd").read())', 'Error'],
    [
      'opens a connection',
      'import socket\ndef grade(s, i):\n    socket.create_connection(("127.0.0.1", 1))',
      'Error',
    ],
    ['leaves', 'import sys\ndef grade(s, i):\n    sys.exit(0)', 'ended before'],
    ['imports what there is not', 'import rapidfuzz\ndef grade(s, i):\n    return 1', 'ModuleNotFoundError'],
  ])('one that %s gives an error and no score', async (_, source, why) => {
    const { reward, metadata } = await grade(source)
    expect(reward).toBe(null)
    expect(metadata.errors).toMatchObject({
      python_grader_runtime_error: true,
      python_grader_runtime_error_details: expect.stringContaining(why),
      python_grader_server_error: false,
    })
  })
})
