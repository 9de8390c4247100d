import { CascataError } from '../errors.ts'

/** What a statement must not be taken for, or divided at: literals, quoted names, comments. */
const OPAQUE =
  /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|\be'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|--[^\n]*|\/\*[\s\S]*?\*\//gi
const ENDS =
  /^\s*(?:begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i
const SAVEPOINT = /^\s*(?:savepoint|release|rollback)\b/i

/**
 * Refuses what would end the transaction that a handler was given: it is the engine's to end, together with the claim.
 *
 * @param savepoints whether the handler may set its own.
 * @throws CascataError `transaction-ended`; nothing was sent.
 */
export function refuseTransactionControl(text: string, savepoints: boolean): void {
  for (const statement of statementsOf(text)) {
    if (!ENDS.test(statement) && (savepoints || !SAVEPOINT.test(statement))) continue
    throw new CascataError('transaction-ended', `A handler may not run "${statement.trim().slice(0, 40)}".`, {
      fix: 'return to have it saved, throw to have it undone.',
    })
  }
}

function statementsOf(text: string): string[] {
  if (/^\s*(?:insert|select|update|delete|with)\b/i.test(text) && !text.includes(';')) return [] // nearly all of them
  return text.replaceAll(OPAQUE, ' ').split(';')
}
