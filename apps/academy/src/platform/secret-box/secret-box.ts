/**
 * Secrets at rest: AES-256-GCM, one random nonce each, bound to the place where it is kept, so that a sealed text copied to
 * another row does not open. Whoever reads the database alone reads nothing.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Where a secret lies: part of what is authenticated. */
export type SecretPlace = { tenant: string; table: string; id: string; column: string }

export interface SecretBox {
  seal(text: string, place: SecretPlace): string
  /** @throws Error when it was sealed elsewhere, with another key, or was changed. */
  open(sealed: string, place: SecretPlace): string
  /** A text that only this installation can make of the name, and makes again each time: 256 bits in base64url. */
  derive(name: string): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** @param key 32 bytes. */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== 32) throw new Error(`A key has 32 bytes, not ${key.length}.`)
  // Which key sealed it: a wrong key is then told from a changed text.
  const keyId = createHash('sha256').update('secret-box key id').update(key).digest('hex').slice(0, 8)
  const derivingKey = Buffer.from(hkdfSync('sha256', key, '', 'secret-box derive', 32))
  const placeOf = ({ tenant, table, id, column }: SecretPlace) =>
    Buffer.from(JSON.stringify([tenant, table, id, column]))
  return {
    seal(text, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(placeOf(place))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${keyId}.${sealed.toString('base64url')}`
    },
    open(sealed, place) {
      const [version, sealedBy, body = ''] = sealed.split('.')
      if (version !== 'v1' || sealedBy !== keyId) throw new Error('This secret was sealed with another key.')
      const bytes = Buffer.from(body, 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('This is no sealed secret.')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(placeOf(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
    derive: (name) => createHmac('sha256', derivingKey).update(name).digest('base64url'),
  }
}
