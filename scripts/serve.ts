/**
 * `npm run serve`: the academy in production, until it is told to end. It starts the API and the Daemon on a PostgreSQL of
 * one's own, and refuses what is not safe on a public address. How a server is set up: docs/guides/deploy.md.
 *
 *     --administrator address    starts nothing: makes an administrator, and prints the link for their password
 *     --without-authenticator    besides: makes nobody, and lets in whoever has the address and lost the authenticator
 *
 *     DATABASE_URL               the PostgreSQL (15 or later)
 *     PUBLIC_URL                 https://…, as people type it
 *     TRUST_PROXY                the reverse proxy in front, which has the certificate
 *     MAIL_URL, MAIL_FROM, …     the mail provider
 *     OPERATOR_CONTACT           where people find you who have nobody else to ask: an e-mail address, or https://…
 *     HOST, PORT, DATA_DIR       default 127.0.0.1, 3000, .data
 *     REGISTRATION=open          strangers may register an institution
 *     DEMONSTRATIONS=on          strangers may look around in a fictional one
 */
import { runSystem } from './start/run-system.ts'

process.exit(await runSystem(process.argv.slice(2), 'serve'))
