/** Who may register an institution is the installation's choice; a link that was sent before it was closed opens nothing. */
import type { Features } from '../../platform/allowed.ts'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'

export function closedRegistration({ registration }: Features): Refusal | undefined {
  if (registration) return undefined
  return refuse('registration-closed', {
    because: 'forbidden',
    message: {
      en: 'Nobody registers here by themselves. Ask who runs this installation.',
      pt: 'Aqui ninguém se cadastra por conta própria. Fale com quem administra esta instalação.',
    },
  })
}

/** @param demoData the size that was asked for. */
export function unavailableDemoData({ demonstrations }: Features, demoData: string | null): Refusal | undefined {
  if (demonstrations || demoData === null) return undefined
  return refuse('demonstrations-off', {
    field: 'demoData',
    message: { en: 'There is no demonstration data here.', pt: 'Aqui não há dados de demonstração.' },
  })
}
