/** Language, theme and zone of times: chosen by the reader, kept in this browser, applied without a reload. */
import { ActionIcon, type MantineColorScheme, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLanguage, IconMoon, IconSun, IconWorld } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useHost } from '../host.tsx'
import { LANGUAGES, type Language } from '../i18n/words.ts'
import { useConsole, ZONES } from '../kit/console.tsx'

// A language is named in itself, so that those who read only it can find it.
const LANGUAGE_NAMES: Record<Language, string> = { 'pt-BR': 'Português (Brasil)', en: 'English' }

// The tooltip is around the target: within it, the button would not say that it opens a menu.
function ChoiceMenu({ label, icon, children }: { label: string; icon: ReactNode; children: ReactNode }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Tooltip label={label}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label}>
            {icon}
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}

export function LanguageSwitch() {
  const { t, language, setLanguage } = useConsole()
  return (
    <ChoiceMenu label={t('preferences.language')} icon={<IconLanguage size={20} aria-hidden />}>
      <Menu.RadioGroup value={language} onChange={(chosen) => setLanguage(chosen as Language)}>
        {LANGUAGES.map((each) => (
          <Menu.RadioItem key={each} value={each} lang={each} closeMenuOnClick>
            {LANGUAGE_NAMES[each]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </ChoiceMenu>
  )
}

const THEMES = [
  { value: 'auto', label: 'preferences.themeSystem', icon: IconDeviceDesktop },
  { value: 'light', label: 'preferences.themeLight', icon: IconSun },
  { value: 'dark', label: 'preferences.themeDark', icon: IconMoon },
] as const satisfies readonly { value: MantineColorScheme; label: string; icon: unknown }[]

export function ThemeSwitch() {
  const { t } = useConsole()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const current = THEMES.find(({ value }) => value === colorScheme) ?? THEMES[0]
  return (
    <ChoiceMenu label={t('preferences.theme')} icon={<current.icon size={20} aria-hidden />}>
      <Menu.RadioGroup value={current.value} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
        {THEMES.map((each) => (
          <Menu.RadioItem
            key={each.value}
            value={each.value}
            closeMenuOnClick
            rightSection={<each.icon size={16} aria-hidden />}
          >
            {t(each.label)}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </ChoiceMenu>
  )
}

export function ZoneSwitch() {
  const { t, zone, setZone, institutionZone, format } = useConsole()
  const { institutionZones } = useHost()
  const offered = ZONES.filter((each) => each !== 'institution' || institutionZones !== undefined)
  const note = {
    local: Intl.DateTimeFormat().resolvedOptions().timeZone,
    institution: institutionZone ?? t('preferences.zoneOfRecord'),
    utc: 'UTC',
  }
  return (
    <ChoiceMenu
      label={t('preferences.zone', { zone: format.timeZone.replaceAll('_', ' ') })}
      icon={<IconWorld size={20} aria-hidden />}
    >
      <Menu.RadioGroup value={zone} onChange={setZone}>
        {offered.map((each) => (
          <Menu.RadioItem key={each} value={each} closeMenuOnClick>
            {t(`preferences.zones.${each}`)}
            {/* Not dimmed: the item with the focus is too dark for that. */}
            <span style={{ display: 'block', fontSize: '0.8125rem' }}>{note[each].replaceAll('_', ' ')}</span>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </ChoiceMenu>
  )
}
