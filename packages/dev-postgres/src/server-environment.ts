/** The server and initdb see nothing of our environment but the path: no PGDATA, no PGOPTIONS, no locale, no zone. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }
}
