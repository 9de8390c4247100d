/** The card in which the pages of coming in stand: one matter at a time, in the middle of the screen. */
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Outside } from './outside.tsx'
import classes from './outside-card.module.css'
import { Message } from './states.tsx'

/**
 * @param narrow for a form of few words, as a sign-in is.
 * @param focusTitle where the card takes the place of a form that had the focus: a screen reader goes on at the title.
 */
export function OutsideCard({
  title,
  hint,
  narrow,
  focusTitle,
  children,
}: {
  title: string
  hint?: ReactNode
  narrow?: boolean
  focusTitle?: boolean
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (focusTitle) heading.current?.focus()
  }, [focusTitle])
  return (
    <Frame narrow={narrow}>
      <Stack gap="md">
        <div>
          <Title order={1} ref={heading} className={classes.title ?? ''} {...(focusTitle ? { tabIndex: -1 } : {})}>
            {title}
          </Title>
          {hint && (
            <Text c="dimmed" mt={4}>
              {hint}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Frame>
  )
}

/** @param onAgain back to the form: a letter of the address may be wrong. */
export function MailSent({ title, children, onAgain }: { title: string; children: ReactNode; onAgain: () => void }) {
  const { t } = useTranslation()
  return (
    <Frame>
      <div role="status">
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
      </div>
    </Frame>
  )
}

function Frame({ narrow, children }: { narrow?: boolean | undefined; children: ReactNode }) {
  return (
    <Outside>
      <div className={classes.place}>
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card} data-narrow={narrow || undefined}>
          {children}
        </Paper>
      </div>
    </Outside>
  )
}
