import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'

/** A text with the worker's own folders by short names, as whoever asks over HTTP may read it. */
export type WithoutPlaces = (text: string) => string

/** Folders by the settings that say where they are. */
export function withoutPlaces({ adapters, jobs }: { adapters: string; jobs: string }): WithoutPlaces {
  const named: [string, string][] = [
    [jobs, 'PLUMBLINE_HOME/jobs'],
    [adapters, 'PLUMBLINE_ADAPTERS'],
    [dirname(resolve(jobs)), 'PLUMBLINE_HOME'],
    [resolve(import.meta.dirname, '../..'), 'plumbline'],
    [homedir(), '~'],
  ]
  const names = new Map(named.toReversed().flatMap(([path, name]) => pathsOf(path).map((one) => [one, name])))
  const longestFirst = [...names].toSorted(([a], [b]) => b.length - a.length)
  return (text) => longestFirst.reduce((shown, [path, name]) => rename(shown, path, name), text)
}

/** Not where the path is the beginning of another name. */
function rename(text: string, path: string, name: string): string {
  return text
    .split(path)
    .reduce(
      (shown, rest) => `${shown}${/^[\w.-]/.test(rest) && !/^\.(?:\s|$)/.test(rest) ? path : name}${rest}`,
    )
}

/** As it is called, and with its links followed; never the root of all. */
function pathsOf(path: string): string[] {
  const called = resolve(path)
  try {
    return [called, realpathSync(called)].filter((one) => one.length > 1)
  } catch {
    return [called].filter((one) => one.length > 1)
  }
}
