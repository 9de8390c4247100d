/**
 * The library keeps a session's token as the cookie has it. Between it and the database the token is replaced by its hash, so
 * that nobody is signed in by what they read there.
 */
import { createHash } from 'node:crypto'
import type { BetterAuthOptions } from 'better-auth'
import type { DBAdapter, Where } from 'better-auth/adapters'

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

type Adapter = DBAdapter<BetterAuthOptions>
type Row = Record<string, unknown>

const isToken = ({ field }: Where) => field === 'token'
const hashed = (value: unknown) =>
  Array.isArray(value) ? value.map((each) => hashOf(String(each))) : hashOf(String(value))

export const withHashedSessionTokens =
  (open: (options: BetterAuthOptions) => Adapter) =>
  (options: BetterAuthOptions): Adapter => {
    const adapter = open(options)
    const inDatabase = <Asked extends { model: string; where?: Where[] | undefined }>(asked: Asked): Asked =>
      asked.model === 'session' && asked.where
        ? {
            ...asked,
            where: asked.where.map((each) =>
              isToken(each) ? { ...each, value: hashed(each.value) as NonNullable<Where['value']> } : each,
            ),
          }
        : asked
    /** Whoever asked by a token knows it. */
    const asAsked = <R>(asked: { model: string; where?: Where[] | undefined }, row: R): R => {
      const token = asked.model === 'session' ? asked.where?.find(isToken)?.value : undefined
      return row && typeof token === 'string' ? { ...row, token } : row
    }
    const around: Adapter = {
      ...adapter,
      create: async (asked) => {
        const { token } = asked.data as Row
        if (asked.model !== 'session' || typeof token !== 'string') return adapter.create(asked)
        const row = await adapter.create({ ...asked, data: { ...asked.data, token: hashOf(token) } })
        return { ...(row as object), token } as never
      },
      findOne: async (asked) => asAsked(asked, await adapter.findOne(inDatabase(asked))) as never,
      findMany: (asked) => adapter.findMany(inDatabase(asked)),
      count: (asked) => adapter.count(inDatabase(asked)),
      update: async (asked) => asAsked(asked, await adapter.update(inDatabase(asked))) as never,
      updateMany: (asked) => adapter.updateMany(inDatabase(asked)),
      delete: (asked) => adapter.delete(inDatabase(asked)),
      deleteMany: (asked) => adapter.deleteMany(inDatabase(asked)),
      transaction: (run) => run(around),
    }
    return around
  }
