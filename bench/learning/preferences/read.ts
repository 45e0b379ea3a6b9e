import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as z from 'zod'
import { readPairs } from '../../../cli/eval/layouts/layouts.ts'

/** A pair that people compared, without ties. */
export type PreferencePair = { prompt: string; chosen: string; rejected: string }

/** Auto-J's pairs, without ties, of the folder of evaluation data. */
export function readAutoj(folder: string): PreferencePair[] {
  return readPairs(join(folder, 'autoj_pairwise/autoj_pairwise.jsonl')).flatMap(
    ({ prompt, responses, label }) => {
      if (typeof prompt !== 'string' || label === 'tie') return []
      const [chosen, rejected] = label === 'first' ? responses : [responses[1], responses[0]]
      return [{ prompt, chosen, rejected }]
    },
  )
}

const LAST = '\n\nAssistant:'
const row = z.object({ chosen: z.string(), rejected: z.string() })

/** The harmless pairs of hh-rlhf whose conversations are the same up to the last answer. */
export async function readHarmless(folder: string): Promise<PreferencePair[]> {
  const zipped = await readFile(join(folder, 'hh_rlhf_harmless/harmless-base.test.jsonl.gz'))
  const lines = gunzipSync(zipped)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
  return lines.flatMap((line) => {
    const { chosen, rejected } = row.parse(JSON.parse(line))
    const [at, other] = [chosen.lastIndexOf(LAST), rejected.lastIndexOf(LAST)]
    const prompt = chosen.slice(0, at).trim()
    const [good, bad] = [chosen.slice(at + LAST.length).trim(), rejected.slice(other + LAST.length).trim()]
    const same = prompt === rejected.slice(0, other).trim()
    return same && good !== '' && bad !== '' && good !== bad ? [{ prompt, chosen: good, rejected: bad }] : []
  })
}
