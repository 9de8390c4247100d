/**
 * Passwords hashed as in production, at a fortieth of the cost: a hash of the real one takes 120 ms of processor, and a sign-in
 * that fails compares three. Start, serve and the deployment guide hash at the full cost.
 */
import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { Passwords } from '../src/platform/auth/credentials.ts'

const COST = { N: 512, r: 8, p: 1 }
const keyOf = promisify<string, string, number, typeof COST, Buffer>(scrypt)

async function hashed(password: string, salt: string): Promise<string> {
  return `${salt}:${(await keyOf(password.normalize('NFKC'), salt, 64, COST)).toString('hex')}`
}

export const QUICK_PASSWORDS: Passwords = {
  hash: (password) => hashed(password, randomBytes(16).toString('hex')),
  verify: async ({ hash, password }) => (await hashed(password, hash.split(':')[0] ?? '')) === hash,
}
