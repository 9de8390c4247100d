/** A calendar day, typed or picked. Loaded only by the pages that ask for a day. */
import { DateInput, type DateInputProps, DatesProvider } from '@mantine/dates'
import '@mantine/dates/styles.css'
import 'dayjs/locale/pt-br'
import { IconCalendar } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { usePreferredLanguage } from './preferences.tsx'

export default function DayInput(props: DateInputProps) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  return (
    <DatesProvider settings={{ locale: language === 'en' ? 'en' : 'pt-br', firstDayOfWeek: language === 'en' ? 1 : 0 }}>
      <DateInput
        valueFormat="DD/MM/YYYY"
        leftSection={<IconCalendar size={18} stroke={1.6} aria-hidden />}
        popoverProps={{ withinPortal: true }}
        previousLabel={t('calendar.previous')}
        nextLabel={t('calendar.next')}
        {...props}
      />
    </DatesProvider>
  )
}
