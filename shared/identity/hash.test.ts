import { expect, test } from 'vitest'
import { hmac, sha256 } from './hash.ts'

const encoder = new TextEncoder()
const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const digest = async (text: string) => hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)))

async function signed(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  return hex(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
}

test('texts of every length, short and long, have the hash that the platform gives them', async () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1022, 1023, 1024, 1025, 5000]) {
    for (const text of ['a'.repeat(length), 'é'.repeat(length)]) {
      expect(await sha256(text)).toBe(await digest(text))
      expect(await hmac('a secret', text)).toBe(await signed('a secret', text))
      expect(await hmac(`${text}.`, 'text')).toBe(await signed(`${text}.`, 'text'))
    }
  }
})
