/**
 * After the column of a name: the order of a dictionary, Érica between Elisa and Felipe. The database's own order is that
 * of bytes, which puts every accented letter after z.
 */
export const BY_NAME = 'collate "pt-x-icu"'
