/**
 * Addresses under the names that RFC 2606 and RFC 6761 reserve are nobody's: examples and inventions. No provider is given a
 * message to one, which would come back and count against the sender.
 */
import { Rejected } from 'cascata'
import { type Refusal, refuse } from '../http/refusal.ts'
import type { OpenMailer } from './mailer.ts'

const RESERVED = /(^|[@.])(example|test|invalid|localhost|example\.(com|net|org))\.?$/i

export const isReservedAddress = (address: string): boolean => RESERVED.test(address)

export function refuseReserved(address: string): Refusal | undefined {
  if (!isReservedAddress(address)) return undefined
  const name = address.slice(address.lastIndexOf('@') + 1)
  return refuse('reserved-address', {
    field: 'email',
    message: {
      en: `Nobody receives e-mail at ${name}: names like this are kept for examples. Give an address that somebody reads.`,
      pt: `Ninguém recebe e-mail em ${name}: nomes assim são reservados para exemplos. Informe um endereço que alguém lê.`,
    },
  })
}

/** A mailer that reaches people is given no message to nobody. */
export const toPeople = (mailer: OpenMailer): OpenMailer => ({
  ...mailer,
  send: async (message) => {
    if (isReservedAddress(message.to)) {
      throw new Rejected('The address of the recipient is under a name that is reserved for examples.', {
        retryable: false,
      })
    }
    return mailer.send(message)
  },
})
