/**
 * `npm start`: the whole system on this machine, until Ctrl-C.
 *
 *     --demo             demonstration data also in a database that is in use, or of one's own; an empty embedded one gets it
 *                        anyway. Never on a public address
 *
 *     PORT               client and API                                             default 3000
 *     HOST               address to listen on                                       default 127.0.0.1
 *     PUBLIC_URL         where people reach it, as written in e-mails               default http://localhost:PORT
 *     TRUST_PROXY        reverse proxies in front whose X-Forwarded-For is believed        default none
 *     DATABASE_URL       a PostgreSQL (15 or later) of yours                        default an embedded one
 *                        its role needs CREATEROLE, and CREATE in the database
 *     DATA_DIR           data, logs, secrets                                        default .data
 *     MAILBOX_PORT, MAILBOX_SMTP_PORT                                               default 3025, 3026 or any free one
 *     MAIL_URL, MAIL_FROM, MAIL_API_KEY, MAIL_USER, MAIL_PASSWORD                   default the mailbox
 *     DEMONSTRATIONS=off, REGISTRATION=closed                                       default on and open, without MAIL_URL
 */
import { runSystem } from './start/run-system.ts'

process.exit(await runSystem(process.argv.slice(2), 'start'))
