const DAY =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))'
const DATE = `\\d{4}-${DAY}`
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)'
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ATOM = "[A-Za-z0-9_'+-]{1,20}"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?'

/** Formats that are enforced, by patterns that each match some texts of the format and no others. */
export const FORMATS: ReadonlyMap<string, string> = new Map([
  // RFC 3339; the 29th of February is left out, since not every year has one
  ['date', DATE],
  ['time', TIME],
  ['date-time', `${DATE}T${TIME}`],
  ['uuid', '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'],
  ['ipv4', `${BYTE}(?:\\.${BYTE}){3}`],
  // RFC 5321 without quoted names and address literals
  ['email', `${ATOM}(?:\\.${ATOM}){0,2}@(?:${LABEL}\\.){1,3}[A-Za-z]{2,24}`],
])
