import { asTx, type TxHandle } from '../postgres/tx.ts'

/** In doorbell mode `after-commit`: call it when your transaction has committed, on any connection. */
export async function ring(connection: TxHandle): Promise<void> {
  await asTx(connection).query(`select cascata.ring('events'), cascata.ring('commands')`)
}
