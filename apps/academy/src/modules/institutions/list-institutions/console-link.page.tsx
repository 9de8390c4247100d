/** The way to the console. It is a page of its own to the browser, hence a plain link. */
import { Button } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

export default function ConsoleLink() {
  const { t } = useTranslation()
  return (
    <Button
      component="a"
      href="/adm"
      variant="default"
      size="compact-sm"
      leftSection={<IconTerminal2 size={16} aria-hidden />}
    >
      {t('institutions.console')}
    </Button>
  )
}
