import { afterEach } from 'vitest'
import { TinyModel, type TinyOptions } from './tiny-model.ts'

const opened: TinyModel[] = []

afterEach(async () => {
  for (const tiny of opened.splice(0)) await tiny.dispose()
})

/** A tiny model that is disposed of after the test. */
export async function openTiny(options: TinyOptions = {}): Promise<TinyModel> {
  const tiny = await TinyModel.open(options)
  opened.push(tiny)
  return tiny
}
