/** A time zone: those of Brazil first, by place and time; all others after them. */
import { Select, type SelectProps } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { BRAZILIAN_TIME_ZONES, otherTimeZones, zoneChoice } from '../time-zones.ts'
import { usePreferredLanguage } from './preferences.tsx'

export function TimeZoneSelect({
  value,
  onZone,
  ...input
}: Omit<SelectProps, 'data' | 'value' | 'onChange' | 'searchable'> & {
  value: string
  onZone: (zone: string) => void
}) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const data = useMemo(() => {
    const choices = (zones: readonly string[]) => zones.map((zone) => zoneChoice(zone, language))
    return [
      { group: t('institution.brazil'), items: choices(BRAZILIAN_TIME_ZONES) },
      { group: t('institution.elsewhere'), items: choices(otherTimeZones()) },
    ]
  }, [t, language])
  return (
    <Select
      searchable
      openOnFocus={false}
      allowDeselect={false}
      maxDropdownHeight={280}
      nothingFoundMessage={t('list.noneFound')}
      {...input}
      data={data}
      value={value}
      onChange={(zone) => zone !== null && onZone(zone)}
    />
  )
}
