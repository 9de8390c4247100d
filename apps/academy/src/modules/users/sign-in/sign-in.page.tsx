/** Sign-in. Whoever came from a link, of an e-mail for example, lands on the page that the link named. */
import { Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { WhomToAsk } from '../../../platform/http/endpoint.ts'
import { CodeNeeded } from '../../../platform/ui/code-needed.ts'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { OutsideCard } from '../../../platform/ui/outside-card.tsx'
import { pathAfter } from '../../../platform/ui/page.ts'
import { Redirect } from '../../../platform/ui/redirect.tsx'
import {
  type Credentials,
  type NamedInstitution,
  useSession,
  useSessionActions,
} from '../../../platform/ui/session.tsx'
import { useFeatures } from '../features/use-features.page.tsx'
import { ChooseInstitution } from './choose-institution.page.tsx'
import { EnterCode } from './enter-code.page.tsx'

type Chosen = Pick<Credentials, 'institutionId' | 'code'>

export default function SignIn() {
  const { t } = useTranslation()
  const { to } = useSearch({ strict: false }) as { to?: unknown }
  const session = useSession()
  const features = useFeatures()
  const { signIn } = useSessionActions()
  const form = useRef<HTMLFormElement>(null)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState<readonly string[]>([])
  const entering = useMutation<readonly NamedInstitution[], ApiProblem, Chosen>({
    mutationFn: (given) => signIn({ email: email.trim(), password, ...given }),
    onError: (problem, given) => {
      if (problem instanceof CodeNeeded) setAsksCode({ given, whom: problem.whom })
    },
  })
  // The institution, where one was chosen, whose account asks for a code.
  const [asksCode, setAsksCode] = useState<{ given: Chosen; whom: WhomToAsk }>()

  // While the chosen one is being entered the others stay in sight.
  const chosen = useRef<readonly NamedInstitution[]>([])

  const labels = { email: t('signIn.email'), password: t('signIn.password') }
  const problems = useProblems(entering.error, form, labels)

  if (session.data) return <Redirect to={pathAfter(session.data, to)} />

  const startOver = () => {
    chosen.current = []
    setAsksCode(undefined)
    entering.reset()
  }

  if (asksCode) {
    return (
      <EnterCode
        problem={entering.error instanceof CodeNeeded ? null : entering.error}
        whom={asksCode.whom}
        entering={entering.isPending}
        onEnter={(code) => entering.mutate({ ...asksCode.given, code })}
        onOtherKind={entering.reset}
        onBack={startOver}
      />
    )
  }

  const institutions = entering.data ?? chosen.current
  chosen.current = institutions
  if (institutions.length > 0 && !entering.error) {
    return (
      <ChooseInstitution
        institutions={institutions}
        entering={entering.isPending ? entering.variables.institutionId : undefined}
        onChoose={(institutionId) => entering.mutate({ institutionId })}
        onBack={startOver}
      />
    )
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (entering.isPending) return
    const empty = [email.trim() === '' && 'email', password === '' && 'password'].filter((field) => field !== false)
    setMissing(empty)
    const [first] = empty
    if (first) form.current?.querySelector<HTMLInputElement>(`input[name="${first}"]`)?.focus()
    else entering.mutate({})
  }

  return (
    <OutsideCard narrow title={t('signIn.title')} hint={to === undefined ? t('signIn.hint') : t('signIn.hintReturn')}>
      <form ref={form} onSubmit={submit} noValidate aria-label={t('signIn.title')}>
        <Stack gap="md">
          <ProblemSummary problems={problems} form={form} />
          {entering.error?.code === 'proof-needed' && (
            <Button component={Link} to="/app/forgot-password" variant="default" fullWidth>
              {t('signIn.byLink')}
            </Button>
          )}
          <TextInput
            label={labels.email}
            type="email"
            name="email"
            data-field="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus
            size="md"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={missing.includes('email') && email === '' && t('form.required')}
          />
          <PasswordInput
            label={labels.password}
            name="password"
            data-field="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            size="md"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={missing.includes('password') && password === '' && t('form.required')}
            visibilityToggleFocusable
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          />
          <Button type="submit" size="md" loading={entering.isPending} fullWidth mt="xs">
            {t('signIn.submit')}
          </Button>
          <Group justify="space-between">
            <Anchor component={Link} to="/app/forgot-password" size="sm">
              {t('signIn.forgot')}
            </Anchor>
            {features?.registration && (
              <Anchor component={Link} to="/app/register" size="sm">
                {t('signIn.register')}
              </Anchor>
            )}
          </Group>
        </Stack>
      </form>
    </OutsideCard>
  )
}
