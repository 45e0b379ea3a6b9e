const encoder = new TextEncoder()

/** SHA-256 of the UTF-8 text, 64 lower-case hex digits. */
export async function sha256(text: string): Promise<string> {
  return sha256OfBytes(encoder.encode(text))
}

/** SHA-256 of bytes, 64 lower-case hex digits. */
export async function sha256OfBytes(bytes: BufferSource): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', bytes))
}

const hmacKeys = new Map<string, Promise<CryptoKey>>()
/** Secrets whose imported key is kept: prompts are among them, so that all would be too many. */
const KEPT_KEYS = 16

/** HMAC-SHA-256 of the UTF-8 text, 64 lower-case hex digits. */
export async function hmac(secret: string, text: string): Promise<string> {
  let key = hmacKeys.get(secret)
  if (!key) {
    key = crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
    const [oldest] = hmacKeys.keys()
    if (oldest !== undefined && hmacKeys.size >= KEPT_KEYS) hmacKeys.delete(oldest)
    hmacKeys.set(secret, key)
  }
  return toHex(await crypto.subtle.sign('HMAC', await key, encoder.encode(text)))
}

/** A judgment makes hundreds of hashes, so that the digits of each byte are not worked out again. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function toHex(bytes: ArrayBuffer): string {
  let digits = ''
  for (const byte of new Uint8Array(bytes)) digits += DIGITS[byte]
  return digits
}
