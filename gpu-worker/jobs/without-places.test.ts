import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratchFolder } from '../weights/testing/scratch-folder.ts'
import { withoutPlaces } from './without-places.ts'

it('names what lies on the worker without saying where', async () => {
  const home = await scratchFolder()
  await mkdir(join(home, 'real'))
  await symlink(join(home, 'real'), join(home, 'adapters'))
  const tell = withoutPlaces({ adapters: join(home, 'adapters'), jobs: join(home, 'jobs') })
  const said = [
    `The disk is full (${home}/jobs/ftjob-1/checkpoints); change that.`,
    `${home}/adapters/bad/a.safetensors and ${home}/real/bad hold no numbers.`,
    `There is no '${home}/adapters' and no ${home}.`,
    'POST /v1/adapters loads it.',
    `${home}-other is another.`,
  ].map(tell)
  expect(said.slice(0, 4)).toEqual([
    'The disk is full (PLUMBLINE_HOME/jobs/ftjob-1/checkpoints); change that.',
    'PLUMBLINE_ADAPTERS/bad/a.safetensors and PLUMBLINE_ADAPTERS/bad hold no numbers.',
    "There is no 'PLUMBLINE_ADAPTERS' and no PLUMBLINE_HOME.",
    'POST /v1/adapters loads it.',
  ])
  expect(said[4]).toBe(`${home}-other is another.`)
})
