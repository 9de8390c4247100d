import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

export function HomeLink() {
  const { t } = useTranslation()
  return (
    <Button component={Link} to="/app" variant="default">
      {t('state.goHome')}
    </Button>
  )
}
