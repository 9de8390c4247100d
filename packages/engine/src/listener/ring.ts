import { asConnection, type PoolLike, type TxHandle } from '../postgres/tx.ts'

/** In doorbell mode `after-commit`: call it when your transaction has committed, on any connection. */
export async function ring(connection: TxHandle | PoolLike): Promise<void> {
  await asConnection(connection).query(`select cascata.ring('events'), cascata.ring('commands')`)
}
