/** The pages of coming in share the card, and the word that a mail is on its way. */
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Outside } from '../../platform/ui/outside.tsx'
import { Message } from '../../platform/ui/states.tsx'
import classes from './outside-card.page.module.css'

export function OutsideCard({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <Outside>
      <div className={classes.place}>
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1}>{title}</Title>
              {hint && (
                <Text c="dimmed" mt={4}>
                  {hint}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
      </div>
    </Outside>
  )
}

/** @param onAgain back to the form: a letter of the address may be wrong. */
export function MailSent({ title, children, onAgain }: { title: string; children: ReactNode; onAgain: () => void }) {
  const { t } = useTranslation()
  return (
    <Outside>
      <div className={classes.place} role="status">
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card}>
          <Message
            page
            icon={IconMailForward}
            title={title}
            action={
              <Button variant="default" onClick={onAgain}>
                {t('mailSent.again')}
              </Button>
            }
          >
            {children} {t('mailSent.missing')}
          </Message>
        </Paper>
      </div>
    </Outside>
  )
}
