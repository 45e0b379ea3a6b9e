import { hmac as hmacHere } from '@noble/hashes/hmac.js'
import { sha256 as sha256Here } from '@noble/hashes/sha2.js'

const encoder = new TextEncoder()

/** Bytes up to which a hash in JavaScript is cheaper than the way to WebCrypto and back. A judgment makes hundreds. */
const SHORT = 1024

/** SHA-256 of the UTF-8 text, 64 lower-case hex digits. */
export async function sha256(text: string): Promise<string> {
  const bytes = encoder.encode(text)
  return bytes.byteLength <= SHORT ? toHex(sha256Here(bytes)) : sha256OfBytes(bytes)
}

/** SHA-256 of bytes, 64 lower-case hex digits. */
export async function sha256OfBytes(bytes: BufferSource): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

const hmacKeys = new Map<string, Promise<CryptoKey>>()
/** Secrets whose imported key is kept: prompts are among them, so that all would be too many. */
const KEPT_KEYS = 16

/** HMAC-SHA-256 of the UTF-8 text, 64 lower-case hex digits. */
export async function hmac(secret: string, text: string): Promise<string> {
  const bytes = encoder.encode(text)
  if (bytes.byteLength <= SHORT && secret.length <= SHORT) {
    return toHex(hmacHere(sha256Here, encoder.encode(secret), bytes))
  }
  let key = hmacKeys.get(secret)
  if (!key) {
    key = crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
    const [oldest] = hmacKeys.keys()
    if (oldest !== undefined && hmacKeys.size >= KEPT_KEYS) hmacKeys.delete(oldest)
    hmacKeys.set(secret, key)
  }
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', await key, bytes)))
}

/** A judgment makes hundreds of hashes, so that the digits of each byte are not worked out again. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function toHex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += DIGITS[byte]
  return digits
}
