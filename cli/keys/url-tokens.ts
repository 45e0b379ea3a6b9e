import { Command } from 'commander'
import {
  newUrlToken,
  type UrlToken,
  type UrlTokenRequest,
  urlToken,
  urlTokenList,
} from '../../shared/protocol/url-token.ts'
import { get, post, remove, serviceFrom } from '../client.ts'
import { reportFailures } from '../failure.ts'
import { toCount } from '../judging-options.ts'
import { toSeconds } from './duration.ts'

type ListOptions = { limit: string; before?: string; json?: boolean }
type MakeOptions = { name?: string; run?: string; expires?: number; maxJudgments?: number; json?: boolean }

/** `plumbline keys token|tokens|revoke`: tokens that stand in a URL, for clients that can set no header. */
export function urlTokenCommands(): Command[] {
  const make = new Command('token')
    .description('Make a URL token, for trainers that can set nothing but a reward URL; it is printed once.')
    .option('--name <name>', 'what it is for')
    .option('--run <id>', "the run whose URLs it reaches; without it, the organisation's")
    .option('--expires <time>', 'how long it is good for, such as 12h or 7d (the default)', toSeconds)
    .option('--max-judgments <n>', 'judgments that may be made for it in all', toCount)
    .option('--json', 'print JSON')
    .action((options: MakeOptions) => reportFailures(options.json ?? false, () => makeToken(options)))
  const list = new Command('tokens')
    .description("List the organisation's URL tokens, without their texts.")
    .option('--limit <count>', 'how many, 100 at most', '20')
    .option('--before <id>', 'only tokens older than this one')
    .option('--json', 'print JSON, a token a line')
    .action((options: ListOptions) => reportFailures(options.json ?? false, () => listTokens(options)))
  const revoke = new Command('revoke')
    .description('Revoke a URL token: the very next call with it is refused.')
    .argument('<id>', 'its id, as tok_...')
    .action((id: string) =>
      reportFailures(false, async () => {
        await remove(serviceFrom(process.env), `/v1/tokens/${encodeURIComponent(id)}`, urlToken)
        console.log(`${id} is revoked.`)
      }),
    )
  return [make, list, revoke]
}

async function makeToken({ name, run, expires, maxJudgments, json }: MakeOptions): Promise<void> {
  const request: Partial<UrlTokenRequest> = {
    ...(name === undefined ? {} : { name }),
    ...(run === undefined ? {} : { run }),
    ...(expires === undefined ? {} : { expires_in: expires }),
    ...(maxJudgments === undefined ? {} : { max_judgments: maxJudgments }),
  }
  const service = serviceFrom(process.env)
  const told = await post(service, '/v1/tokens', request, newUrlToken)
  // behind a proxy the service does not know by which address it is reached
  const made = { ...told, url: `${service.url}/k/${told.token}` }
  if (json) {
    console.log(JSON.stringify(made))
    return
  }
  const example = made.run === null ? '/rlhf/openrlhf' : `/runs/${made.run}/rlhf/openrlhf`
  console.log(`id   ${made.id}`)
  console.log(`url  ${made.url}`)
  console.log(`\nPut the path of a reward call behind it, as in ${made.url}${example}`)
  console.log(
    `It is shown this once and good until ${when(made.expires_at)}: plumbline keys revoke ${made.id}`,
  )
}

async function listTokens({ limit, before, json = false }: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit, ...(before !== undefined && { before }) })
  const { data, has_more } = await get(serviceFrom(process.env), `/v1/tokens?${query}`, urlTokenList)
  if (json) for (const token of data) console.log(JSON.stringify(token))
  else if (data.length === 0) console.log('There is no URL token: plumbline keys token makes one.')
  else for (const token of data) console.log(lineOf(token))
  if (has_more && !json) console.log(`There are older ones: --before ${data.at(-1)?.id}`)
}

function lineOf({ id, name, run, expires_at, revoked_at, max_judgments, judgments }: UrlToken): string {
  const until = revoked_at === null ? `until ${when(expires_at)}` : `revoked ${when(revoked_at)}`
  const cap = max_judgments === null ? '' : ` of ${max_judgments}`
  return [id, until, `${judgments}${cap} judgments`, run ?? '', name ?? '']
    .filter((part) => part !== '')
    .join('  ')
}

const when = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
