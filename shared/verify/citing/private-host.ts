/** Names that mean this machine or this network, wherever they are looked up. */
const LOCAL = /(?:^|\.)(?:localhost|local|internal|lan|home|corp|intranet|localdomain|home\.arpa)$/

/** IPv4 ranges that are not of the public internet (RFC 6890), with the addresses of cloud metadata: network and bits. */
const PRIVATE: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/**
 * Whether a host, as `URL` gives it (which writes `0x7f.1` and `2130706433` as 127.0.0.1), is no public one: by its
 * name alone, since nothing is looked up.
 */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name.startsWith('[')) return isPrivateV6(name.slice(1, -1))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isPrivateV4(toNumber(name))
  return LOCAL.test(name) || !name.includes('.')
}

function isPrivateV4(address: number): boolean {
  return PRIVATE.some(([network, bits]) => {
    const size = 2 ** (32 - bits)
    return Math.floor(address / size) === Math.floor(toNumber(network) / size)
  })
}

/** Loopback, unspecified, unique local, link-local, multicast, documentation, and IPv4 within IPv6 (mapped, 6to4, NAT64). */
function isPrivateV6(address: string): boolean {
  const groups = expanded(address)
  const [first = 0, second = 0] = groups
  const low = (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0)
  if (groups.slice(0, 5).every((group) => group === 0)) {
    return groups[5] === 0xffff ? isPrivateV4(low) : true
  }
  if (first === 0x64 && second === 0xff9b) return isPrivateV4(low)
  if (first === 0x2002) return isPrivateV4(second * 65_536 + (groups[2] ?? 0))
  return (first & 0xe000) !== 0x2000 || (first === 0x2001 && (second === 0xdb8 || second === 0))
}

function expanded(address: string): number[] {
  const [left = '', right] = address.split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)))
  const [before, after] = [read(left), read(right ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const toNumber = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
