import { readFile } from 'node:fs/promises'
import { type Exported, findExported, type ImportReply, importReply } from '../../shared/evals/imported.ts'
import { type PostOptions, post, type Service } from '../client.ts'
import { Failure } from '../failure.ts'

/** Characters of JSON in one call; a larger object goes alone. */
const MOST_CHARACTERS = 2_000_000
const KINDS = ['evals', 'runs', 'output_items'] as const

/**
 * Reads exports and has the service take them over: evals first, then runs, then output items, so that the order of
 * files makes no difference. Throws a `Failure` for a file that holds none of them.
 */
export async function importFiles(
  service: Service,
  paths: readonly string[],
  options: PostOptions = {},
): Promise<ImportReply> {
  const found: Exported = { evals: [], runs: [], output_items: [] }
  for (const path of paths) {
    const before = count(found)
    findExported(await readExport(path), found)
    if (count(found) === before) {
      throw new Failure(
        `'${path}' holds no eval, run or output item: export them as OpenAI's API returns them.`,
      )
    }
  }
  const taken: ImportReply = { object: 'eval.import', evals: {}, runs: {}, output_items: 0 }
  for (const kind of KINDS) {
    for (const batch of batches(found[kind])) {
      const reply = await post(service, '/v1/eval_imports', { [kind]: batch }, importReply, options)
      Object.assign(taken.evals, reply.evals)
      Object.assign(taken.runs, reply.runs)
      taken.output_items += reply.output_items
    }
  }
  return taken
}

/** The value of a file of JSON, or the values of a file of lines of JSON. */
async function readExport(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Failure(`Can't read '${path}' (${error.message}).`)
  })
  const json = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(json)
  } catch {
    return json
      .split(/\r?\n/)
      .flatMap((line, index) => (line.trim() === '' ? [] : [readLine(path, line, index)]))
  }
}

function readLine(path: string, line: string, index: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Failure(`Line ${index + 1} of '${path}' is not JSON, and neither is the whole file.`)
  }
}

function* batches(objects: readonly object[]): Generator<object[]> {
  let [batch, characters]: [object[], number] = [[], 0]
  for (const one of objects) {
    const { length } = JSON.stringify(one)
    if (batch.length > 0 && characters + length > MOST_CHARACTERS) {
      yield batch
      ;[batch, characters] = [[], 0]
    }
    batch.push(one)
    characters += length
  }
  if (batch.length > 0) yield batch
}

const count = (found: Exported) => KINDS.reduce((sum, kind) => sum + found[kind].length, 0)
