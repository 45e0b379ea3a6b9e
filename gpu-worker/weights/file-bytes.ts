import type { FileHandle } from 'node:fs/promises'
import { PlumblineError } from '../../shared/protocol/error.ts'

/**
 * Reads a range of a file; one call to the system may give less than all. Throws `not_configured` where the file
 * ends before the range does. `path` is for that message.
 */
export async function readBytes(
  source: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await source.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) {
      throw new PlumblineError('not_configured', `${path} became shorter while it was read; fetch it again.`)
    }
    done += bytesRead
  }
  return bytes
}

/** Writes all of an array's bytes at a place of a file; one call to the system may take less than all. */
export async function writeBytes(target: FileHandle, offset: number, values: ArrayBufferView): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let done = 0; done < bytes.length; ) {
    done += (await target.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
  }
}
