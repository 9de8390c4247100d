/** Address and password open accounts of several institutions: which one is to be entered. */
import { Button, Stack } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { OutsideCard } from '../../../platform/ui/outside-card.tsx'
import type { NamedInstitution } from '../../../platform/ui/session.tsx'
import classes from './choose-institution.page.module.css'

export function ChooseInstitution({
  institutions,
  entering,
  onChoose,
  onBack,
}: {
  institutions: readonly NamedInstitution[]
  /** The one that was chosen. */
  entering: string | undefined
  onChoose: (id: string) => void
  onBack: () => void
}) {
  const { t } = useTranslation()
  return (
    <OutsideCard narrow focusTitle title={t('signIn.choose')} hint={t('signIn.chooseHint')}>
      <Stack gap="xs">
        {institutions.map(({ id, name }) => (
          <Button
            key={id}
            variant="default"
            size="md"
            fullWidth
            justify="flex-start"
            classNames={{ root: classes.institution, label: classes.institutionName }}
            leftSection={<IconBuilding size={18} aria-hidden />}
            loading={entering === id}
            disabled={entering !== undefined && entering !== id}
            onClick={() => onChoose(id)}
          >
            {name}
          </Button>
        ))}
      </Stack>
      <Button variant="subtle" size="sm" disabled={entering !== undefined} onClick={onBack}>
        {t('signIn.back')}
      </Button>
    </OutsideCard>
  )
}
