/** Somebody who lost everything that lets them in is told how whoever runs the installation is reached. */
import { email } from './http/fields.ts'
import { SettingError } from './setting-error.ts'

/**
 * @param text of OPERATOR_CONTACT.
 * @returns an e-mail address, or the address of a page by https; none where nothing is set.
 * @throws SettingError for anything else.
 */
export function operatorContact(text = ''): string | undefined {
  const contact = text.trim()
  if (contact === '') return undefined
  const address = email.safeParse(contact)
  if (address.success) return address.data
  const page = /^https:\/\/\S+$/i.test(contact) && URL.canParse(contact) ? new URL(contact) : undefined
  if (page && !page.username && !page.password) return page.href
  throw new SettingError(
    'OPERATOR_CONTACT',
    text,
    'use an e-mail address, or the address of a page such as https://school.example/help.',
  )
}
