/** A client of someone else's that is run against the service. */
export type Client = {
  /** Of its script in `scripts`, without the ending. */
  name: string
  /** What it shows, as the table of docs/clients.md says it. */
  shows: string
  /** The packages of its environment, pinned; the first is the client itself, whose version is told. */
  packages: readonly [string, ...string[]]
} & (
  | {
      language: 'python'
      /** Of Python, where the newest that is there won't do. */
      version?: string
      /** Packages that are installed without what they ask for, which would be a GPU's or is not imported. */
      bare?: readonly string[]
      /** Whether `clients/python` is installed beside it. */
      plumbline?: true
    }
  | { language: 'javascript' }
)

/** How a client's run ended. */
export type Outcome = {
  client: Client
  result: 'passed' | 'failed' | 'skipped'
  /** What it said that it found, a line each; or why it failed or was skipped. */
  said: string[]
}
