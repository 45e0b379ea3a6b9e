import type { Client } from './client.ts'

/** Every client that is run, the quick ones first. */
export const CLIENTS: readonly Client[] = [
  {
    ...{ name: 'python_package', language: 'python', plumbline: true },
    packages: ['pytest==9.2.0'],
    shows: 'the Python package: its own tests, and a batch through the service',
  },
  {
    ...{ name: 'trl', language: 'python', plumbline: true },
    packages: ['trl==1.16.0'],
    shows: 'TRL: `GRPOTrainer` trains a tiny model for four steps on `plumbline.trl.reward`',
  },
  {
    ...{ name: 'openrlhf', language: 'python', plumbline: true },
    packages: ['openrlhf==0.11.2', 'aiohttp', 'torch==2.15.0', 'transformers==5.23.0'],
    bare: ['openrlhf==0.11.2'],
    shows: 'OpenRLHF: its executor fetches rewards from the URL, and by the file of the Python package',
  },
  {
    ...{ name: 'verl', language: 'python', plumbline: true },
    packages: ['verl==0.9.1', 'torch==2.15.0', 'fastapi', 'aiohttp'],
    shows: 'verl: its loader takes `pkg://plumbline.verl`, its reward manager calls it',
  },
]
