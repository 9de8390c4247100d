/** The landing page: what this is, and the two doors: to look around among invented people, or to begin. */
import { Alert, Anchor, Box, Button, Group, Paper, Text, Title } from '@mantine/core'
import { IconBellRinging, IconCheck, IconCircle, IconMailCheck, IconRocket, IconSend } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { Logo } from '../../../platform/ui/logo.tsx'
import { Outside } from '../../../platform/ui/outside.tsx'
import { useFormat, useSession, useSessionActions } from '../../../platform/ui/session.tsx'
import { SegmentBar } from '../../../platform/ui/tone.tsx'
import { contract as createDemoInstitution } from '../../demo-institutions/create-demo-institution/create-demo-institution.contract.ts'
import { useFeatures } from '../features/use-features.page.tsx'
import classes from './welcome.page.module.css'

const STEPS = [
  { icon: IconSend, title: 'welcome.publish', text: 'welcome.publishText' },
  { icon: IconBellRinging, title: 'welcome.arrive', text: 'welcome.arriveText' },
  { icon: IconMailCheck, title: 'welcome.know', text: 'welcome.knowText' },
] as const

export default function Welcome() {
  const { t } = useTranslation()
  const session = useSession()
  const door = session.data
    ? { to: '/app', text: t('welcome.open') }
    : { to: '/app/sign-in', text: t('welcome.signIn') }
  return (
    <Outside
      tools={
        <Button component={Link} to={door.to} variant="default" ml="xs">
          {door.text}
        </Button>
      }
    >
      <div className={classes.hero}>
        <div>
          <Title order={1} className={classes.headline}>
            {t('welcome.headline')}
          </Title>
          <Text className={classes.lead}>{t('welcome.lead')}</Text>
          {session.data ? (
            <Button component={Link} to={door.to} size="lg" mt="xl">
              {door.text}
            </Button>
          ) : (
            <Doors />
          )}
        </div>
        <Example />
      </div>
      <section className={classes.steps} aria-labelledby="how">
        <Title order={2} id="how" className={classes.how}>
          {t('welcome.steps')}
        </Title>
        <ol className={classes.list}>
          {STEPS.map(({ icon: StepIcon, title, text }) => (
            <li key={title} className={classes.step}>
              <span className={classes.icon}>
                <StepIcon size={24} stroke={1.7} aria-hidden />
              </span>
              <Title order={3}>{t(title)}</Title>
              <Text c="dimmed">{t(text)}</Text>
            </li>
          ))}
        </ol>
      </section>
      <footer className={classes.footer}>
        <Logo size={20} />
        <span>{t('welcome.footer')}</span>
        <Anchor href="/docs" size="sm">
          {t('welcome.api')}
        </Anchor>
      </footer>
    </Outside>
  )
}

/** One click makes an institution to look at, and whoever clicked is in; or they begin with their own: where that is offered. */
function Doors() {
  const { t } = useTranslation()
  const { entered } = useSessionActions()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const features = useFeatures()
  const explore = useSend(createDemoInstitution, {
    onSuccess: () => void entered().then(() => navigate({ to: '/app/setup' })),
  })
  if (features && !features.demonstrations && !features.registration) {
    return (
      <Button component={Link} to="/app/sign-in" size="lg" mt="xl">
        {t('welcome.signIn')}
      </Button>
    )
  }
  return (
    <>
      <Group mt="xl" gap="sm" align="flex-start">
        {features?.demonstrations && (
          <Box maw="100%">
            <Button
              size="lg"
              maw="100%"
              classNames={{ root: classes.door, label: classes.doorText }}
              loading={explore.isPending || explore.isSuccess}
              leftSection={<IconRocket size={20} aria-hidden />}
              onClick={() => explore.mutate({})}
            >
              {t('welcome.explore')}
            </Button>
            <Text size="sm" c="dimmed" mt={6} mb="xs">
              {t('welcome.exploreHint')}
            </Text>
          </Box>
        )}
        {features?.registration && (
          <Button component={Link} to="/app/register" size="lg" variant="default">
            {t('welcome.register')}
          </Button>
        )}
      </Group>
      {explore.error && (
        <Alert role="alert" color="red" variant="light" bg="var(--tone-bad-soft)" mt="md">
          {problemText(explore.error)}
        </Alert>
      )}
    </>
  )
}

const EXAMPLE = { students: 34, sent: 27, sending: 3 }

/** A delivery as the teacher sees it, standing still. */
function Example() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const of = (done: number) => t('delivery.of', { done: number(done), total: number(EXAMPLE.students) })
  return (
    <Paper withBorder shadow="md" className={classes.example} component="figure" aria-label={t('welcome.exampleTitle')}>
      <Text size="sm" c="dimmed">
        {t('delivery.title')}
      </Text>
      <Text fw={650} size="lg" mb="md">
        {t('welcome.exampleActivity')}
      </Text>
      <div className={classes.row}>
        <IconCheck size={18} stroke={2.4} aria-hidden className={classes.done} />
        <span>{t('delivery.inApp')}</span>
        <span className={classes.figure}>{of(EXAMPLE.students)}</span>
      </div>
      <div className={classes.row}>
        <IconSend size={18} aria-hidden className={classes.busy} />
        <span>{t('delivery.emails')}</span>
        <span className={classes.figure}>{of(EXAMPLE.sent)}</span>
      </div>
      <div className={classes.bar}>
        <SegmentBar
          segments={[
            { tone: 'good', value: EXAMPLE.sent },
            { tone: 'busy', value: EXAMPLE.sending, open: true },
          ]}
          total={EXAMPLE.students}
          done={EXAMPLE.sent}
          label={t('delivery.emails')}
          valueText={of(EXAMPLE.sent)}
        />
      </div>
      <div className={classes.row}>
        <IconCircle size={18} aria-hidden className={classes.open} />
        <span>{t('welcome.exampleTold')}</span>
      </div>
    </Paper>
  )
}
