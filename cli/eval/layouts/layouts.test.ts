import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readRows } from '../rows.ts'
import { readPairs, readSuite } from './layouts.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-layouts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const options = { responses: null, rate: 'pointwise' as const, limit: null }
const write = (rows: object[], name = 'file.jsonl') => {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'))
  return path
}

const JUDGEBENCH = {
  pair_id: 'x',
  source: 'livebench-math',
  question: 'q',
  response_A: 'a',
  response_B: 'b',
  label: 'B>A',
  ground_truth: '4',
}
const RM = { id: '8', prompt: 'q', chosen: ['a', 'b', 'c'], rejected: ['d', 'e', 'f'], error: 'e' }

describe('readSuite', () => {
  it.each([
    ['judgebench', JUDGEBENCH, 1],
    ['autoj', { scenario: 's', prompt: 'q', 'response 1': 'a', 'response 2': 'b', label: 2 }, 1],
    [
      'pandalm',
      { instruction: 'q', response1: 'a', response2: 'b', annotator1: 1, annotator2: 1, annotator3: 0 },
      1,
    ],
    ['rmbench', RM, 9],
    ['rewardbench2', { id: '1', prompt: 'q', chosen: ['a'], rejected: ['b', 'c', 'd'], subset: 'Focus' }, 4],
    ['llmbar', { input: 'q', output_1: 'a', output_2: 'b', label: 2 }, 1],
    ['pairs', { prompt: 'q', responses: ['a', 'b'], label: 'tie' }, 1],
  ])('knows %s by its fields, as lines and as an array', (name, row, tasks) => {
    expect(readSuite(write([row]), options)).toMatchObject({ name, tasks: { length: tasks } })
    const array = join(folder, 'array.json')
    writeFileSync(array, JSON.stringify([row], null, 2))
    expect(readSuite(array, options).name).toBe(name)
  })

  it('reads a file that begins with a byte order mark and ends its lines as Windows does', () => {
    const path = join(folder, 'windows.jsonl')
    const line = JSON.stringify({ prompt: 'q', responses: ['a', 'b'], label: 'tie' })
    writeFileSync(path, `\uFEFF${line}\r\n${line}\r\n`)
    expect(readPairs(path)).toHaveLength(2)
  })

  it('takes the first items whole, so that the figures are of them alone', () => {
    const rows = ['8', '9', '10'].map((id) => ({ ...RM, id }))
    const suite = readSuite(write(rows), { ...options, limit: 2 })
    expect(suite.tasks).toHaveLength(18)
    expect(suite.official(() => undefined).find(({ name }) => name === 'overall')?.of).toBe(18)
  })

  it('takes the label the way each benchmark writes it', () => {
    const [pair] = readPairs(write([JUDGEBENCH]))
    expect(pair).toMatchObject({ label: 'second', group: 'livebench-math', reference: '4' })
    const differ = { annotator1: 2, annotator2: 0, annotator3: 1 }
    const [panda] = readPairs(write([{ instruction: 'q', response1: 'a', response2: 'b', ...differ }]))
    expect(panda).toMatchObject({ label: 'second', annotators: ['second', 'tie', 'first'] })
  })

  it('turns every other cell of RM-Bench round, the better response staying the chosen one', () => {
    const pairs = readPairs(write([RM]))
    expect(new Set(pairs.map(({ label }) => label)).size).toBe(2)
    for (const { label, responses } of pairs) {
      expect('abc').toContain(label === 'first' ? responses[0] : responses[1])
    }
  })

  it('joins prompts with the responses to be scored, and says so where there is none', () => {
    const row = { key: 1, prompt: 'q', instruction_id_list: ['punctuation:no_comma'], kwargs: [{}] }
    const responses = readRows(write([{ prompt: 'q', response: 'a' }], 'responses.jsonl'))
    const suite = readSuite(write([row]), { ...options, responses })
    expect(suite.tasks).toEqual([
      {
        kind: 'check',
        id: '1',
        prompt: 'q',
        response: 'a',
        verifiers: [
          { kind: 'punctuation:no_comma', loose: false },
          { kind: 'punctuation:no_comma', loose: true },
        ],
      },
    ])
    expect(() => readSuite(write([row]), options)).toThrow('give --responses')
  })

  it('names the item that is wrong, and repeated ids', () => {
    expect(() => readSuite(write([JUDGEBENCH, { ...JUDGEBENCH, label: 'C' }]), options)).toThrow(
      /Line 2 of '.*' is no pair in JudgeBench's layout: 'label'/,
    )
    expect(() => readSuite(write([JUDGEBENCH, JUDGEBENCH]), options)).toThrow("the id 'x' twice")
    expect(() => readPairs(write([{ prompt_id: 'a', prompt: [], rubrics: [], response: 'r' }]))).toThrow(
      'which has no pairs',
    )
  })
})

const data = (path: string) => new URL(`../../../../shared/data/${path}`, import.meta.url).pathname
const present = existsSync(data(''))
if (!present) console.log(`skipped: reading the published files needs ${data('')}`)

it.skipIf(!present).each([
  ['llmbar/natural.json', 'llmbar', 100],
  ['judgebench/gpt4o.jsonl', 'judgebench', 350],
  ['autoj_pairwise/autoj_pairwise.jsonl', 'autoj', 928],
  ['rmbench/chat_filtered.json', 'rmbench', 129 * 9],
  ['healthbench104/context_seeking_consensus_hard_104.jsonl', 'healthbench', 101],
  // three conversations of it carry no ideal completion
])('reads %s as it is published', (path, name, tasks) => {
  const suite = readSuite(data(path), options)
  expect([suite.name, suite.tasks.length]).toEqual([name, tasks])
})

it.skipIf(!present)("scores IFBench's sample responses", () => {
  const responses = readRows(data('ifbench/sample_output.jsonl'))
  const suite = readSuite(data('ifbench/IFBench_test.jsonl'), { ...options, responses })
  expect(suite.tasks.length).toBeGreaterThan(100)
})
