/** Where a call goes, and the token that its URL began with: `/k/{token}/<anything>`. */
export type Address = {
  /** Without the token: what everything after the door sees. */
  url: string
  /** Percent-decoded and without a slash at its end, as routes are compared with it. */
  path: string
  token: string | null
}

const PARTS = /^([a-z][\w+.-]*:\/\/[^/?#]*)([^?#]*)(.*)$/is
const WITH_TOKEN = /^\/k\/([^/]*)(.*)$/s

/**
 * Takes the token off a URL. Slashes that were doubled where a base URL and a path were put together count as one, and
 * one at the end as none, since a redirect would lose the body of a POST.
 */
export function readAddress(whole: string): Address {
  const [, origin = '', given = '', rest = ''] = PARTS.exec(whole) ?? []
  const joined = given.replace(/\/{2,}/g, '/')
  const [, token = null, beyond = ''] = WITH_TOKEN.exec(joined) ?? []
  const path = token === null ? joined : beyond || '/'
  const route = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return { url: origin + path + rest, path: decoded(route || '/'), token }
}

function decoded(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return path
  }
}
