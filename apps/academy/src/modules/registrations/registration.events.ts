/** The facts about registrations. They have no institution yet: the technical one, of zeros, is their tenant. */
import { event } from 'cascata'
import { z } from 'zod'

export const UserRegistered = event('user.registered', z.object({ registrationId: z.uuid() }), {
  label: { en: 'Registration asked for', pt: 'Cadastro pedido' },
})

export const PasswordForgotten = event('password.forgotten', z.object({ requestId: z.uuid() }), {
  label: { en: 'New password asked for', pt: 'Nova senha pedida' },
})
