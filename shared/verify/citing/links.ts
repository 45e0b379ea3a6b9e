import * as z from 'zod'
import { quote } from '../quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from '../verifier.ts'
import { findLinks } from './find-links.ts'
import { isPrivateHost } from './private-host.ts'

const hosts = z
  .array(z.string().regex(/^(?:[a-z0-9-]+\.)*[a-z0-9-]+$/i, 'must be a host name such as "example.org"'))
  .min(1)
  .max(256)
  .optional()
const bound = z.int().min(0).max(100_000).optional()

export const links = defineVerifier({
  kind: 'links',
  summary:
    'The links of the response are as many as asked for, well formed, https, public and of allowed hosts. Nothing is fetched.',
  schema: z
    .strictObject({
      kind: z.literal('links'),
      name: verifierName,
      min: bound,
      max: bound,
      hosts: hosts.describe('Every link goes to one of these or to a host below one.'),
      forbidden_hosts: hosts.describe('No link goes to one of these or to a host below one.'),
      https: z.boolean().default(true).describe('Every link is https; else http is well too.'),
      public: z
        .boolean()
        .default(true)
        .describe('No link goes to this machine, a private network or metadata.'),
    })
    .refine(({ min = 0, max = Infinity }) => min <= max, invalidVerifier('has a min above its max')),
  run(spec, { response }) {
    const { min = 0, max = Infinity, hosts: allowed, https } = spec
    const found = findLinks(response)
    const expected = [
      `${min === 0 && max === Infinity ? 'any number of' : `${min} to ${max === Infinity ? 'any number of' : max}`}`,
      `${https ? 'https ' : ''}links${allowed ? ` to ${allowed.join(', ')}` : ''}`,
    ].join(' ')
    if (found.length < min || found.length > max) {
      return { passed: false, expected, received: `${found.length} links` }
    }
    for (const link of found) {
      const fault = faultOf(link, spec)
      if (fault) return { passed: false, expected, received: `${quote(link)} ${fault}` }
    }
    return { passed: true, expected, received: `${found.length} links` }
  },
})

type Rules = Pick<z.infer<typeof links.schema>, 'hosts' | 'forbidden_hosts' | 'https' | 'public'>

function faultOf(link: string, rules: Rules): string | null {
  if (!URL.canParse(link)) return 'is not well formed'
  const { protocol, hostname, username, password } = new URL(link)
  if (protocol !== 'https:' && (rules.https || protocol !== 'http:')) return `is ${protocol.slice(0, -1)}`
  if (username !== '' || password !== '') return 'carries a user name'
  if (rules.public && isPrivateHost(hostname)) return 'is not public'
  if (rules.hosts && !isBelow(hostname, rules.hosts)) return 'goes to another host'
  if (rules.forbidden_hosts && isBelow(hostname, rules.forbidden_hosts)) return 'goes to a forbidden host'
  return null
}

function isBelow(hostname: string, hosts: string[]): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  return hosts.some((host) => name === host.toLowerCase() || name.endsWith(`.${host.toLowerCase()}`))
}
