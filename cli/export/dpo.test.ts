import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plumbline } from '../testing/command.ts'
import { jsonLines } from '../testing/json-lines.ts'
import { judged, type Reply, refused, type Seen, serve } from '../testing/service.ts'

let folder = ''
let service: Awaited<ReturnType<typeof serve>> | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-export-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await service?.close()
  service = null
})

const at = (path: string) => join(folder, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
function write(path: string, lines: object[]): string {
  writeFileSync(at(path), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return at(path)
}

async function run(args: string[], answer: (seen: Seen) => Reply = judged) {
  service ??= await serve(answer)
  return plumbline(['export', ...args], { env: { PLUMBLINE_URL: service.url }, cwd: folder })
}

describe('plumbline export dpo', () => {
  const pairs = [0, 1, 2].map((n) => ({ prompt: `Prompt ${n}`, responses: [`good ${n}`, `bad ${n}`] }))
  const consistent = (seen: Seen) =>
    judged(
      seen,
      seen.prompt === 'Prompt 1' ? { winner: 'tie' } : seen.prompt === 'Prompt 2' ? { winner: 'second' } : {},
    )

  it.each([
    [
      'trl',
      {
        prompt: [{ role: 'user', content: 'Prompt 0' }],
        chosen: [{ role: 'assistant', content: 'good 0' }],
        rejected: [{ role: 'assistant', content: 'bad 0' }],
      },
    ],
    [
      'ms-swift',
      {
        messages: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'good 0' },
        ],
        rejected_response: 'bad 0',
      },
    ],
    [
      'openrlhf',
      {
        chosen: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'good 0' },
        ],
        rejected: [
          { role: 'user', content: 'Prompt 0' },
          { role: 'assistant', content: 'bad 0' },
        ],
      },
    ],
  ])('keeps the pairs on which both orders agree, as %s reads them', async (name, row) => {
    const file = write('rollouts.jsonl', pairs)
    const { code, stdout } = await run(['dpo', file, '--for', name, '--output', 'kept.jsonl'], consistent)
    expect(code).toBe(0)
    expect(stdout).toContain('2 of 3 pairs kept')
    const kept = jsonLines(read('kept.jsonl'))
    expect(kept[0]).toEqual(row)
    expect(JSON.stringify(kept[1])).toMatch(/bad 2.*good 2/)
  })

  it('counts what has no winner, names a line that is no pair, and refuses one order', async () => {
    const file = write('rollouts.jsonl', pairs)
    const failed = await run(['dpo', file], (seen) =>
      seen.number === 1 ? refused(413, 'text_too_long', 'Too long.') : judged(seen),
    )
    expect(failed.stdout).toContain('1 left out without a winner, the first: Too long.')
    const wrong = await run(['dpo', write('wrong.jsonl', [{ prompt: 'x', responses: ['one'] }])])
    expect(wrong.stderr).toMatch(/Line 1 of .* is no pair: .*responses/)
    expect((await run(['dpo', file, '--orders', 'forward'])).stderr).toContain('leave out --orders')
  })
})
