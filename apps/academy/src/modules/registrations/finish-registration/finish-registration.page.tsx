/** The last step of a registration, by its link: a link that is no good says so before anything is typed. */
import { useFailure } from '@cascata/console/page-kit'
import { Button, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayBeChosen } from '../../../platform/auth/password.fields.ts'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { browsersTimeZone } from '../../../platform/time-zones.ts'
import { isAway, useCall, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { NewPassword } from '../../../platform/ui/new-password.tsx'
import { OutsideCard } from '../../../platform/ui/outside-card.tsx'
import { useSessionActions } from '../../../platform/ui/session.tsx'
import { Failed, Loading } from '../../../platform/ui/states.tsx'
import { TimeZoneSelect } from '../../../platform/ui/time-zone-select.tsx'
import { finishRegistration, readRegistration } from './finish-registration.contract.ts'

export function FinishRegistration({ token }: { token: string }) {
  const { t } = useTranslation()
  const call = useCall()
  const problemText = useProblemText()
  const link = useQuery<ResponseOf<typeof readRegistration>, ApiProblem>({
    queryKey: [readRegistration.path, token],
    queryFn: ({ signal }) => call(readRegistration, { token }, { signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { problem, retry } = useFailure(link)
  if (link.data) return <Form token={token} email={link.data.email} />
  if (!problem || isAway(problem)) {
    return (
      <OutsideCard title={t('finish.title')}>
        {problem ? <Failed problem={problem} retry={retry} /> : <Loading lines={2} />}
      </OutsideCard>
    )
  }
  const haveAccount = ['user-already-registered', 'email-already-used'].includes(problem.code)
  return (
    <OutsideCard title={t('finish.invalid')} hint={problemText(problem)}>
      <Button component={Link} to={haveAccount ? '/app/sign-in' : '/app/register'} size="md" fullWidth>
        {haveAccount ? t('signIn.submit') : t('finish.again')}
      </Button>
    </OutsideCard>
  )
}

function Form({ token, email }: { token: string; email: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { entered } = useSessionActions()
  const form = useRef<HTMLFormElement>(null)
  const [institutionName, setInstitutionName] = useState('')
  const [timeZone, setTimeZone] = useState(browsersTimeZone)
  const [password, setPassword] = useState('')
  const finishing = useSend(finishRegistration, {
    onSuccess: ({ demoData }) => void entered().then(() => navigate({ to: demoData ? '/app/setup' : '/app' })),
  })
  const labels = {
    institutionName: t('finish.institutionName'),
    timeZone: t('institution.timeZone'),
    password: t('newPassword.label'),
  }
  const problems = useProblems(finishing.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!finishing.isPending && !finishing.isSuccess) finishing.mutate({ token, password, institutionName, timeZone })
  }
  return (
    <OutsideCard title={t('finish.title')} hint={t('finish.hint', { email })}>
      <form ref={form} onSubmit={submit} noValidate>
        <Stack gap="md">
          <ProblemSummary problems={problems} form={form} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <TextInput
            label={labels.institutionName}
            data-field="institutionName"
            autoComplete="organization"
            required
            withAsterisk={false}
            size="md"
            maxLength={200}
            value={institutionName}
            onChange={(event) => setInstitutionName(event.currentTarget.value)}
            error={problems.of('institutionName')}
          />
          <TimeZoneSelect
            label={labels.timeZone}
            data-field="timeZone"
            size="md"
            value={timeZone}
            onZone={setTimeZone}
            error={problems.of('timeZone')}
          />
          <NewPassword value={password} onChange={setPassword} error={problems.of('password')} />
          <Button
            type="submit"
            size="md"
            fullWidth
            mt="xs"
            disabled={!mayBeChosen(password)}
            loading={finishing.isPending || finishing.isSuccess}
          >
            {t('finish.submit')}
          </Button>
        </Stack>
      </form>
    </OutsideCard>
  )
}
