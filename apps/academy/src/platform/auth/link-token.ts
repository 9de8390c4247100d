/**
 * What makes a link in an e-mail secret. It is derived from the id of what it opens, so an e-mail that is sent twice
 * carries one link, and it lies nowhere: the database keeps its hash.
 */
import { createHash } from 'node:crypto'
import type { SecretBox } from '../secret-box/secret-box.ts'

/** @param id of the registration, invitation or request that the link is for. 43 characters, safe in an address. */
export const linkToken = (secretBox: SecretBox, id: string): string => secretBox.derive(`link ${id}`)

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')
