/** Shares in percent, written in one way on pages and in e-mails. */
import type { Locale } from './http/endpoint.ts'

const tagOf = (locale: Locale) => (locale === 'en' ? 'en-GB' : 'pt-BR')

const write = (value: number, locale: Locale, decimalsMin: number, decimalsMax: number) =>
  new Intl.NumberFormat(tagOf(locale), {
    style: 'percent',
    minimumFractionDigits: decimalsMin,
    maximumFractionDigits: decimalsMax,
  }).format(value / 100)

/** Weights, and how much of something is done: without decimals. */
export const percentText = (value: number, locale: Locale) => write(value, locale, 0, 0)

/** Attendance: always one decimal, and cut off, so that 74.96 is not shown as the 75.0 that would pass. */
export const frequencyText = (value: number, locale: Locale) =>
  // What is a whole tenth may be a hair less as a binary fraction.
  write(Math.floor(value * 10 + 1e-6) / 10, locale, 1, 1)

/** A limit of attendance: written as attendance is, and with the second decimal that it may have. */
export const frequencyLimitText = (value: number, locale: Locale) => write(value, locale, 1, 2)
