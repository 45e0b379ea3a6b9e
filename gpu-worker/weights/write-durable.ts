import { open } from 'node:fs/promises'

/** Writes a text file and has the disk keep it. */
export async function writeDurable(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w')
  await file.writeFile(text)
  await file.sync()
}
