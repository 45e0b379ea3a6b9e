import { describe, expect, it } from 'vitest'
import { workerKey } from '../../shared/identity/worker-key.ts'
import { findEntry, keyOf, modelIdentity, parseModels } from './model-config.ts'

const small = { id: 'small', base_url: 'http://localhost:1/v1', model: 'm-small' }
const large = { id: 'large', base_urls: ['http://a/v1/', 'http://b/v1'], model: 'm-large', revision: '7' }

const read = (models: unknown, defaultId?: string) =>
  parseModels({ PLUMBLINE_MODELS: JSON.stringify(models), PLUMBLINE_DEFAULT_MODEL: defaultId })

describe('parseModels', () => {
  it('fills in the defaults of an entry', () => {
    expect(read([small]).entries[0]).toMatchObject({
      id: 'small',
      judges: 'here',
      instantiate: 'generate',
      verdicts: 'generate',
      timeout_ms: 60_000,
    })
  })

  it('takes unset and empty variables as no models', () => {
    expect(parseModels({}).entries).toEqual([])
    expect(parseModels({ PLUMBLINE_MODELS: '', PLUMBLINE_DEFAULT_MODEL: '' }).entries).toEqual([])
  })

  it.each([
    ['[{]', undefined, 'PLUMBLINE_MODELS must be a JSON array of model entries.'],
    ['{"id":"small"}', undefined, 'PLUMBLINE_MODELS must be a JSON array of model entries.'],
    [
      [small, { ...large, timeout_ms: 0 }],
      undefined,
      "PLUMBLINE_MODELS, entry 2 ('large'): 'timeout_ms' must",
    ],
    [[{ ...small, timeout: 5 }], undefined, "PLUMBLINE_MODELS, entry 1 ('small'): Unknown field 'timeout'"],
    [
      [{ ...small, base_urls: ['http://x'] }],
      undefined,
      "entry 1 ('small'): 'base_url' or base_urls is needed",
    ],
    [[{ id: 'small', model: 'm' }], undefined, "entry 1 ('small'): 'base_url' or base_urls is needed"],
    [[7], undefined, 'PLUMBLINE_MODELS, entry 1: it must be an object'],
    [[small, small], undefined, "PLUMBLINE_MODELS has two entries with the id 'small'"],
    [[small, large], 'huge', "PLUMBLINE_DEFAULT_MODEL is 'huge', which no entry of PLUMBLINE_MODELS has"],
  ])('names what is wrong in %j', (models, defaultId, sentence) => {
    const text = typeof models === 'string' ? models : JSON.stringify(models)
    expect(() => parseModels({ PLUMBLINE_MODELS: text, PLUMBLINE_DEFAULT_MODEL: defaultId })).toThrow(
      sentence,
    )
  })

  it('does not print a key that was put where its name belongs', () => {
    const act = () => read([{ ...small, key: 'sk-abc123' }])
    expect(act).toThrow("'key' must be the NAME of a secret")
    expect(act).not.toThrow('sk-abc123')
  })
})

describe('findEntry', () => {
  it('knows what a job trained by the entry of its worker, one object an adapter', () => {
    const worker = { ...small, judges: 'there', calibration: { temperature: 2 } }
    const models = read([worker, large])
    const entry = findEntry(models, 'small:ft-mine-0123')
    expect(entry).toMatchObject({ id: 'small:ft-mine-0123', model: 'm-small:ft-mine-0123', judges: 'there' })
    expect(entry.calibration).toBeUndefined()
    expect(modelIdentity(entry)).not.toBe(modelIdentity(findEntry(models, 'small')))
    expect(findEntry(models, 'small:ft-mine-0123')).toBe(entry)
    for (const id of ['small:mine', 'large:ft-x', 'none:ft-x', 'small:ft-a/b']) {
      expect(() => findEntry(models, id), id).toThrow(expect.objectContaining({ code: 'model_not_found' }))
    }
  })

  it('takes the named entry, else the default, else the first', () => {
    expect(findEntry(read([small, large]), 'large').id).toBe('large')
    expect(findEntry(read([small, large], 'large'), undefined).id).toBe('large')
    expect(findEntry(read([small, large]), undefined).id).toBe('small')
  })

  it('names the models that there are', () => {
    expect(() => findEntry(read([small, large]), 'huge')).toThrow(
      expect.objectContaining({
        code: 'model_not_found',
        message: "No model is called 'huge': use 'small' or 'large'.",
      }),
    )
  })

  it('says what to set when there is none', () => {
    expect(() => findEntry(read([]), undefined)).toThrow(expect.objectContaining({ code: 'not_configured' }))
  })
})

describe('modelIdentity', () => {
  const identity = (change: object) => modelIdentity(findEntry(read([{ ...small, ...change }]), undefined))

  it('changes with everything that changes an answer, and with nothing else', () => {
    const changes = [{ model: 'x' }, { revision: '2' }, { instantiate: 'select' }, { verdicts: 'choose' }]
    expect(new Set([identity({}), ...changes.map(identity)]).size).toBe(5)
    expect(identity({ timeout_ms: 5, base_url: 'http://elsewhere/v1' })).toBe(identity({}))
  })
})

describe('keyOf', () => {
  const entry = (change: object) => findEntry(read([{ ...small, ...change }]), undefined)

  it('looks the key up by its name, and says which name is missing', async () => {
    expect(await keyOf(entry({ key: 'HOSTED_KEY' }), (name) => `value of ${name}`)).toBe(
      'value of HOSTED_KEY',
    )
    await expect(keyOf(entry({ key: 'HOSTED_KEY' }), () => undefined)).rejects.toThrow('HOSTED_KEY')
  })

  it('gives a worker the key that it derives itself, and nobody else', async () => {
    const environment = (name: string) => (name === 'PLUMBLINE_SECRET' ? 'hush' : undefined)
    expect(await keyOf(entry({ judges: 'there' }), environment)).toBe(await workerKey('hush'))
    expect(await keyOf(entry({}), environment)).toBeNull()
  })
})
