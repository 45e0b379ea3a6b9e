import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PointwiseRequest, pointwiseRequest } from '../shared/protocol/judgment.ts'
import { judgePoint, written } from '../shared/testing/judge-request.ts'
import { opinionatedModel } from '../shared/testing/opinionated-model.ts'
import { plumbline } from './testing/command.ts'

const asked: PointwiseRequest[] = []

/** A service that judges one response for real, by a model that likes whatever says GOOD. */
const service = createServer(async (request, response) => {
  const one = pointwiseRequest.parse(JSON.parse(await text(request)))
  asked.push(one)
  const judgment = await judgePoint(opinionatedModel(written), one.responses[0], one)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(judgment))
})

const folder = mkdtempSync(join(tmpdir(), 'plumbline-response-'))
const rubricFile = join(folder, 'rubric.json')

beforeAll(async () => {
  const criteria = [
    { id: 'a', title: 'Is right', points: 5, tags: ['axis:accuracy'] },
    { id: 'b', title: 'Is \u001b[31mrude', points: -3, tags: ['axis:tone'] },
  ]
  writeFileSync(rubricFile, JSON.stringify({ criteria }))
  writeFileSync(join(folder, 'tree.json'), JSON.stringify({ criteria: [tree(1, [tree(3), tree(1)])] }))
  writeFileSync(join(folder, 'broken.json'), '[')
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  service.close()
})

let nodes = 0
const tree = (weight: number, criteria?: object[]) => {
  const id = `n${nodes++}`
  return { id, title: `Node ${id}`, weight, ...(criteria && { criteria }) }
}

function judge(...args: string[]) {
  const { port } = service.address() as AddressInfo
  return plumbline(['judge', '--prompt', 'Why?', ...args], {
    env: { PLUMBLINE_URL: `http://127.0.0.1:${port}` },
  })
}

describe('plumbline judge, one response', () => {
  it('prints score, classes and each criterion with its points, verdict and evidence', async () => {
    const { code, stdout } = await judge('--response', 'GOOD', '--rubric-file', rubricFile)
    expect(code).toBe(0)
    expect(stdout).toContain('Score: 0.40  explicit')
    expect(stdout).toMatch(/By meta-class\n {2}axis:accuracy {2}1.00\n {2}axis:tone {6}null\n/)
    expect(stdout).toMatch(/\[\+5\] Is right\n {6}met 1.00 GOOD it says so\n {2}\[-3\] Is \[31mrude\n/)
    expect(asked.at(-1)).toMatchObject({
      protocol: 'pointwise',
      rubric: { criteria: [{ id: 'a' }, { id: 'b' }] },
    })
  })

  it('prints a tree as one, and a rating', async () => {
    const rubric = ['--rubric-file', join(folder, 'tree.json')]
    const { stdout } = await judge('--response', 'GOOD', ...rubric)
    expect(stdout).toMatch(/ {2}\[weight 1\] Node n2\n {4}\[weight 3\] Node n0\n {8}met 1.00/)
    const rated = await judge('--response', 'GOOD', ...rubric, '--scoring', 'implicit')
    expect(rated.stdout).toContain('Score: 0.89  implicit\nRating: 9.00 of 10 it says so')
  })

  it('says what is wrong with what it was given', async () => {
    const said = async (...args: string[]) => (await judge(...args)).stderr
    expect(await said('--response', 'x', '--first', 'y')).toContain('Give --response to judge it by itself')
    expect(await said('--response', 'x', '--rubric-file', join(folder, 'broken.json'))).toContain(
      'holds no rubric as JSON',
    )
    expect(await said('--response', 'x', '--rubric-file', join(folder, 'none'))).toContain("Can't read")
    expect(await said('--response', 'x', '--scoring', 'magic')).toContain('Allowed choices are explicit')
  })
})
