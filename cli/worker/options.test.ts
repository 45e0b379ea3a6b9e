import { tmpdir } from 'node:os'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { addWorkerOptions } from './options.ts'

afterEach(() => vi.unstubAllEnvs())

/** What a command line and an environment are read as, or how they are refused. */
function read(args: string[], variables: Record<string, string> = {}): unknown {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  let said = ''
  const command = addWorkerOptions(new Command('worker')).exitOverride()
  command.configureOutput({ writeErr: (text) => (said += text) })
  try {
    return command.parse(args, { from: 'user' }).opts()
  } catch {
    return said.trim()
  }
}

const standard = { model: 'default', port: 8788, host: '127.0.0.1' }

describe("a worker's options", () => {
  it('come from the command line, else from the environment, else are left out', () => {
    expect(read([])).toEqual(standard)
    const variables = {
      PLUMBLINE_WORKER_MODEL: 'file:a.gguf',
      PLUMBLINE_WORKER_PORT: '0',
      PLUMBLINE_WORKER_HOST: '::1',
      PLUMBLINE_THREADS: '3',
      PLUMBLINE_PRECISION: 'int4',
      PLUMBLINE_PROVIDER: 'cuda',
      PLUMBLINE_RUNTIME: 'stock',
      PLUMBLINE_CONTEXT: '4096',
      PLUMBLINE_KV_BYTES: '1000000000',
      PLUMBLINE_MAX_BATCH: '8',
      PLUMBLINE_QUEUE: '256',
      PLUMBLINE_ADAPTERS: tmpdir(),
      PLUMBLINE_WORKER_INSTANTIATE: 'generate',
      PLUMBLINE_WORKER_VERDICTS: 'generate',
    }
    const given = {
      model: 'file:a.gguf',
      port: 0,
      host: '::1',
      threads: 3,
      precision: 'int4',
      provider: 'cuda',
      runtime: 'stock',
      context: 4096,
      kvBytes: 1_000_000_000,
      maxBatch: 8,
      queue: 256,
      adapters: tmpdir(),
      instantiate: 'generate',
      verdicts: 'generate',
    }
    expect(read([], variables)).toEqual(given)
    expect(read(['--precision', 'float32', '--queue', '1'], variables)).toEqual({
      ...given,
      precision: 'float32',
      queue: 1,
    })
  })

  it('are left out by empty variables', () => {
    const names = ['WORKER_MODEL', 'WORKER_PORT', 'PRECISION', 'QUEUE', 'ADAPTERS', 'WORKER_VERDICTS']
    expect(read([], Object.fromEntries(names.map((name) => [`PLUMBLINE_${name}`, ''])))).toMatchObject(
      standard,
    )
  })

  it.each([
    ['PLUMBLINE_PRECISION', 'fp8', 'one of float32, float16, bfloat16, int8, int4'],
    ['PLUMBLINE_PROVIDER', 'tpu', 'one of cpu, cuda'],
    ['PLUMBLINE_WORKER_PORT', '65536', 'from 0 to 65535'],
    ['PLUMBLINE_RUNTIME', 'java', 'one of capi, stock'],
    ['PLUMBLINE_CONTEXT', '15', 'a whole number of at least 16'],
    ['PLUMBLINE_KV_BYTES', '1GB', 'a whole number'],
    ['PLUMBLINE_MAX_BATCH', '0', 'at least 1'],
    ['PLUMBLINE_QUEUE', '-1', 'at least 1'],
    ['PLUMBLINE_THREADS', '0', 'at least 1'],
    ['PLUMBLINE_THREADS', '1e3', 'a whole number'],
    ['PLUMBLINE_ADAPTERS', '/nowhere/at/all', 'no such folder'],
    ['PLUMBLINE_WORKER_INSTANTIATE', 'choose', 'one of generate, select'],
    ['PLUMBLINE_WORKER_VERDICTS', 'select', 'one of generate, choose'],
  ])('are refused by name: %s=%s', (name, value, why) => {
    const said = read([], { [name]: value })
    expect(said).toContain(name)
    expect(said).toContain(value)
    expect(said).toContain(why)
  })
})
