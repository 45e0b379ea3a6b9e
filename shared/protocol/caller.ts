/**
 * The header in which the edge tells a worker whose call it passes on: those who wait are served in turn. It
 * grants nothing, so a worker believes whoever holds its key.
 */
export const CALLER_HEADER = 'X-Caller'
