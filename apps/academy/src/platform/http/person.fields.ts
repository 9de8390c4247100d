/** Lengths of people's names and addresses, for forms and for the server. Part of the browser's bundle. */
export const EMAIL_LENGTH_MAX = 254
export const PERSON_NAME_LENGTH_MAX = 100
