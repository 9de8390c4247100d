/** A calendar day, typed or picked. Loaded only by the pages that ask for a day. */
import { DateInput, type DateInputProps, DatesProvider } from '@mantine/dates'
import '@mantine/dates/styles.css'
import 'dayjs/locale/pt-br'
import { IconCalendar } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { typedDay } from './format.ts'
import { usePreferredLanguage } from './preferences.tsx'

/** @param near where the calendar opens as long as no day is chosen. */
export default function DayInput({ near, onChange, ...props }: DateInputProps & { near?: string | undefined }) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  // Focus alone opens no calendar: it would lie over the words that say what is wrong with the day.
  const [isAskedFor, setIsAskedFor] = useState(false)
  const [month, setMonth] = useState<string>()
  const shown = month ?? near
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowDown') setIsAskedFor(true)
    if (key === 'Escape') setIsAskedFor(false)
  }
  return (
    <DatesProvider settings={{ locale: language === 'en' ? 'en' : 'pt-br', firstDayOfWeek: language === 'en' ? 1 : 0 }}>
      <DateInput
        valueFormat="DD/MM/YYYY"
        // The default one leaves it to the browser, which reads 03/07 as the 7th of March.
        dateParser={typedDay}
        leftSection={<IconCalendar size={18} stroke={1.6} aria-hidden />}
        popoverProps={{ withinPortal: true, disabled: !isAskedFor }}
        previousLabel={t('calendar.previous')}
        nextLabel={t('calendar.next')}
        {...(shown ? { date: shown } : {})}
        onDateChange={setMonth}
        onClick={() => setIsAskedFor(true)}
        onChange={(day) => {
          setIsAskedFor(false)
          onChange?.(day)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setIsAskedFor(false)}
        // The first Escape closes the calendar, and not the dialog around it.
        data-mantine-stop-propagation={isAskedFor}
        {...props}
      />
    </DatesProvider>
  )
}
