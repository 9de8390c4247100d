/** A calendar day, typed or picked. Loaded only by the pages that ask for a day. */
import { DateInput, type DateInputProps, DatesProvider } from '@mantine/dates'
import '@mantine/dates/styles.css'
import 'dayjs/locale/pt-br'
import { IconCalendar } from '@tabler/icons-react'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dateInWords } from '../calendar.ts'
import { usePreferredLanguage } from './preferences.tsx'
import { isDay, readDay } from './typed-day.ts'

interface Props extends Omit<DateInputProps, 'value' | 'onChange' | 'error'> {
  /** YYYY-MM-DD, or what was typed in its place and is no day: it is neither replaced nor forgotten. */
  value: string | null
  onChange: (value: string | null) => void
  /** Where the calendar opens as long as no day is chosen, YYYY-MM-DD. */
  near?: string | undefined
  /** What speaks against a day, in words. Such a day cannot be picked; it can be typed, and is then said to be wrong. */
  problemOf?: ((day: string) => string | undefined) | undefined
  error: string | undefined
}

export default function DayInput({ value, onChange, near, problemOf, error, ...props }: Props) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  // Focus alone opens no calendar: it would lie over the words that say what is wrong with the day.
  const [isAskedFor, setIsAskedFor] = useState(false)
  // Halfway through a date everything is wrong with it.
  const [isTyping, setIsTyping] = useState(false)
  const [month, setMonth] = useState<string>()
  const shown = month ?? near
  const day = value !== null && isDay(value) ? value : null
  const wrongWith = (entered: string) => {
    if (day) return problemOf?.(day)
    const read = readDay(entered, language)
    return 'wrong' in read ? t(`day.${read.wrong}`) : undefined
  }
  const problem = isTyping || value === null ? undefined : wrongWith(value)
  const onInput = ({ currentTarget: { value: typed } }: FormEvent<HTMLInputElement>) => {
    setIsTyping(true)
    const read = readDay(typed, language)
    if ('wrong' in read) onChange(typed.trim() === '' ? null : typed)
  }
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowDown') setIsAskedFor(true)
    if (key === 'Escape') setIsAskedFor(false)
    if (key === 'Enter') setIsTyping(false)
  }
  return (
    <DatesProvider settings={{ locale: language === 'en' ? 'en' : 'pt-br', firstDayOfWeek: language === 'en' ? 1 : 0 }}>
      <DateInput
        // Named: the kit's own formats leave it to the reader which of two numbers is the month.
        valueFormat={(chosen) => dateInWords(chosen.slice(0, 10), language)}
        dateParser={(typed) => {
          const read = readDay(typed, language)
          return 'day' in read ? read.day : null
        }}
        placeholder={t('day.format')}
        leftSection={<IconCalendar size={18} stroke={1.6} aria-hidden />}
        popoverProps={{ withinPortal: true, disabled: !isAskedFor }}
        previousLabel={t('calendar.previous')}
        nextLabel={t('calendar.next')}
        {...(shown ? { date: shown } : {})}
        {...(problemOf ? { excludeDate: (each: string) => problemOf(each) !== undefined } : {})}
        onDateChange={setMonth}
        onClick={() => setIsAskedFor(true)}
        value={day}
        onChange={(chosen) => {
          setIsAskedFor(false)
          onChange(chosen)
        }}
        onInput={onInput}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setIsAskedFor(false)
          setIsTyping(false)
        }}
        // A day is written out in full when the field is left; what is no day stays as it was typed.
        fixOnBlur={day !== null}
        // The first Escape closes the calendar, and not the dialog around it.
        data-mantine-stop-propagation={isAskedFor}
        error={problem ?? error}
        {...props}
      />
    </DatesProvider>
  )
}
