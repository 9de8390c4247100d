/** Address and password open accounts of several institutions: which one is to be entered. */
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Outside } from '../../../platform/ui/outside.tsx'
import type { NamedInstitution } from '../../../platform/ui/session.tsx'
import classes from './sign-in.page.module.css'

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
  const title = useRef<HTMLHeadingElement>(null)
  // The form that had the focus is gone: a screen reader goes on here.
  useEffect(() => title.current?.focus(), [])
  return (
    <Outside>
      <div className={classes.place}>
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1} ref={title} tabIndex={-1} className={classes.chooseTitle ?? ''}>
                {t('signIn.choose')}
              </Title>
              <Text c="dimmed" mt={4}>
                {t('signIn.chooseHint')}
              </Text>
            </div>
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
          </Stack>
        </Paper>
      </div>
    </Outside>
  )
}
