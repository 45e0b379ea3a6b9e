import type { Context } from 'hono'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { text } from '../../shared/protocol/text.ts'
import { armFormName } from '../../shared/protocol/training/rubric-arm.ts'
import type { AdapterInfo, Engine } from '../generate/engine.ts'
import { adapterFolder } from './adapter-folder.ts'
import type { ArmPair, ArmPairs } from './arm-pairs.ts'
import { readBody } from './body.ts'
import type { EngineSlot } from './engine-slot.ts'

const adapterName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a short name: up to 64 letters, digits and . _ -')

const armPair = z.strictObject({
  generator: adapterName,
  judge: adapterName,
  form: armFormName.default('full').describe('The form that they were trained to write in.'),
})
const loadRequest = z
  .strictObject({ name: adapterName, path: text.optional(), rubric_arm: armPair.optional() })
  .refine(({ path, rubric_arm }) => (path === undefined) !== (rubric_arm === undefined), {
    message: 'or rubric_arm is needed, and only one of them',
    path: ['path'],
  })
/** vLLM's, whose `load_inplace` is how it is always done here. */
const vllmLoadRequest = z
  .object({ lora_name: adapterName, lora_path: text })
  .transform(({ lora_name, lora_path }) => ({ name: lora_name, path: lora_path }))
const vllmUnloadRequest = z.object({ lora_name: z.string() })

/** `GET /v1/adapters`: those that are loaded. */
export function listAdapters(c: Context, slot: EngineSlot, arms: ArmPairs): Response {
  const engine = slot.engine()
  const adapters = engine.adapters.map((adapter) => show(adapter, engine))
  return c.json({
    object: 'list',
    data: [...adapters, ...arms.of(engine).map((pair) => showPair(pair, engine))],
  })
}

/**
 * `POST /v1/adapters`: loads the adapter in a folder under `root`, or makes a pair of two that are loaded, which judges as
 * one model; one of the same name is replaced.
 */
export async function loadAdapter(
  c: Context,
  slot: EngineSlot,
  root: string,
  arms: ArmPairs,
): Promise<Response> {
  const { name, path = '', rubric_arm } = parseWith(loadRequest, await readBody(c))
  const engine = slot.engine()
  if (rubric_arm) {
    const pair = { name, ...rubric_arm }
    arms.put(pair, engine)
    return c.json(showPair(pair, engine), 201)
  }
  const loaded = await engine.loadAdapter(name, await adapterFolder(root, path))
  return c.json(show(loaded, engine), 201)
}

/** `DELETE /v1/adapters/{name}`. */
export async function unloadAdapter(c: Context, slot: EngineSlot, arms: ArmPairs): Promise<Response> {
  const name = c.req.param('name') ?? ''
  if (!arms.remove(name)) await unload(slot.engine(), name)
  return c.json({ id: name, object: 'adapter', deleted: true })
}

/** `POST /v1/load_lora_adapter`, vLLM's name for loading. */
export async function loadLoraAdapter(c: Context, slot: EngineSlot, root: string): Promise<Response> {
  const { name, path } = parseWith(vllmLoadRequest, await readBody(c))
  await slot.engine().loadAdapter(name, await adapterFolder(root, path))
  return c.text(`The adapter '${name}' is loaded.`)
}

/** `POST /v1/unload_lora_adapter`, vLLM's name for unloading. */
export async function unloadLoraAdapter(c: Context, slot: EngineSlot): Promise<Response> {
  const { lora_name: name } = parseWith(vllmUnloadRequest, await readBody(c))
  await unload(slot.engine(), name)
  return c.text(`The adapter '${name}' is unloaded.`)
}

async function unload(engine: Engine, name: string): Promise<void> {
  if (!engine.adapters.some((adapter) => adapter.name === name)) {
    throw new PlumblineError(
      'model_not_found',
      `No adapter '${name}' is loaded: GET /v1/adapters lists them.`,
    )
  }
  await engine.unloadAdapter(name)
}

function show({ name, digest, rank }: AdapterInfo, { model }: Engine) {
  return { id: name, object: 'adapter', model: `${model.id}:${name}`, digest, rank }
}

function showPair({ name, ...pair }: ArmPair, { model }: Engine) {
  return { id: name, object: 'rubric_arm', model: `${model.id}:${name}`, ...pair }
}
