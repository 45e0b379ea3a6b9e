import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Outcome } from './client.ts'

const FILE = resolve(import.meta.dirname, '../../docs/clients.md')

/** Writes docs/clients.md: client, version, command, result, date. */
export async function writeTable(outcomes: readonly Outcome[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const rows = outcomes.map(({ client, result, said }) => {
    const version = client.packages[0].replace(/(==|@(?=\d))/, ' ')
    const found = said.map((line) => line.replaceAll('|', '\\|')).join('; ')
    return `| ${version} | ${client.shows} | \`npm run test:clients -- ${client.name}\` | ${result}: ${found} | ${date} |`
  })
  await writeFile(FILE, `${HEAD}${rows.join('\n')}\n`)
}

const HEAD = `# Clients that were run

Each of these is the client itself, from its package index, in an environment of its own, against the whole service with its
small real model (SmolLM2-135M): it shows that the two understand each other, not that so small a model judges well. The table is
written by \`npm run test:clients -- --write\`, which takes several gigabytes of disk for torch.

| client | what | command | result | date |
|---|---|---|---|---|
`
