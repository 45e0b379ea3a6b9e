import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../steps/command.ts'

const LONGEST = 300
const VAGUE = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc'])

const { output } = await run(['git', 'ls-files', '--cached', '--others', '--exclude-standard'])
const files = output.split('\n').filter((path) => path !== '')

describe('every file is a room with a name', () => {
  test('git lists the files', () => {
    expect(files).toContain('package.json')
  })

  test(`none of the TypeScript is longer than ${LONGEST} lines`, async () => {
    const written = files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    const lengths = await Promise.all(
      written.map(async (path) => ({ path, lines: (await readFile(path, 'utf8')).split('\n').length - 1 })),
    )
    expect(lengths.filter(({ lines }) => lines > LONGEST)).toEqual([])
  })

  test('none is named after a drawer', () => {
    const parts = (path: string) => path.split('/').map((part) => basename(part, extname(part)))
    expect(files.filter((path) => parts(path).some((part) => VAGUE.has(part)))).toEqual([])
  })
})
