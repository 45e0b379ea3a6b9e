type Lines = {
  /** What the script is for. */
  about: string
  /** Variables that the caller's environment may set. */
  variables?: Record<string, string>
  /** Whole lines before and after the command. */
  before?: string[]
  command: string[]
  after?: string[]
}

/** A shell script that runs one command from the folder of the export, an argument a line. */
export function script({ about, variables = {}, before = [], command, after = [] }: Lines): string {
  const exported = Object.entries(variables).map(([name, value]) => `export ${name}="\${${name}:-${value}}"`)
  return [
    '#!/usr/bin/env bash',
    `# ${about}`,
    'set -euo pipefail',
    'cd "$(dirname "$0")/.."',
    ...exported,
    ...before,
    `${command.join(' \\\n  ')} "$@"`,
    ...after,
    '',
  ].join('\n')
}

/** A word of a shell command, quoted where it needs to be. */
export const word = (text: string | number): string =>
  /^[\w./:=@%+,-]+$/.test(String(text)) ? String(text) : `'${String(text).replaceAll("'", `'\\''`)}'`
