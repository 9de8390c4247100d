import { batch, command, createApp, effect, event, handle, module, on } from 'cascata'
import { z } from 'zod'
import { sendByMailService } from './mail-service.ts'

const book = z.object({ bookId: z.uuid() })
export const BookPublished = event('book.published', book)
const TellReaders = command('book-readers.tell', book)
const SendEmail = command('book-email.send', book.extend({ reader: z.string() }), { retry: { attempts: 8 } })
const ThankAuthor = command('book-author.thank', book)

// A fact becomes an order …
const announce = on(BookPublished, 'announce', ({ bookId }) => TellReaders({ bookId }))

// … which asks for many, and for one more once all have succeeded: one transaction, or nothing of it.
const tellReaders = handle(TellReaders, async ({ bookId }, { tx }) => {
  const { rows } = await tx.query<{ name: string }>('select name from readers')
  return batch('book-emails', rows, ({ name }) => SendEmail({ bookId, reader: name })).next(ThankAuthor({ bookId }))
})

// No transaction is open while the mail service answers; `key` is the same at every try.
const sendEmail = effect(SendEmail, ({ reader }, { key }) => sendByMailService(reader, key))

const thankAuthor = handle(ThankAuthor, async ({ bookId }, { tx }) => {
  await tx.query('update books set author_thanked = true where id = $1', [bookId])
})

export const app = createApp([module('books', [announce, tellReaders, sendEmail, thankAuthor])])
