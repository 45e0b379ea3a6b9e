import { type FileHandle, open } from 'node:fs/promises'
import { writeBytes } from '../../weights/file-bytes.ts'
import { diskErrors } from '../../weights/partial-folder.ts'
import type { StepReport } from '../method.ts'

/** What each step of a run did, a JSON line each. */
export class MetricsFile {
  readonly #path: string
  readonly #file: FileHandle
  #bytes: number

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.#path = path
    this.#file = file
    this.#bytes = bytes
  }

  /** Opens the file, or makes it, and cuts off what lies behind its first `bytes`. Throws `RangeError` where it is shorter. */
  static async open(path: string, bytes: number): Promise<MetricsFile> {
    const file = await open(path, 'a+')
    const { size } = await file.stat()
    if (size < bytes) {
      await file.close()
      throw new RangeError(`${path} holds ${size} of ${bytes} bytes`)
    }
    await file.truncate(bytes)
    return new MetricsFile(path, file, bytes)
  }

  /** Of all whole lines. */
  get bytes(): number {
    return this.#bytes
  }

  /** The disk has the line once this resolves. Throws `storage_full` where the disk is full; `advice` ends its sentence. */
  async append(report: StepReport, advice: string): Promise<void> {
    const line = new TextEncoder().encode(`${JSON.stringify(report)}\n`)
    await diskErrors(
      this.#path,
      async () => {
        await writeBytes(this.#file, this.#bytes, line)
        await this.#file.sync()
      },
      advice,
    )
    this.#bytes += line.length
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
