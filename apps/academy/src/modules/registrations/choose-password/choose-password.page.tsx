/** A password is chosen by the link of an e-mail; a link that is no good says so before anything is typed. */
import { useFailure } from '@cascata/console/page-kit'
import { Button, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayBeChosen } from '../../../platform/auth/password.fields.ts'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { isAway, useCall, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { NewPassword } from '../../../platform/ui/new-password.tsx'
import { OutsideCard } from '../../../platform/ui/outside-card.tsx'
import { useSessionActions } from '../../../platform/ui/session.tsx'
import { Failed, Loading } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { choosePassword, readPasswordLink } from './choose-password.contract.ts'

type LinkRead = ResponseOf<typeof readPasswordLink>

export default function ChoosePassword() {
  const { t } = useTranslation()
  const { token = '' } = useSearch({ strict: false }) as { token?: unknown }
  const secret = String(token)
  const call = useCall()
  const problemText = useProblemText()
  const link = useQuery<LinkRead, ApiProblem>({
    queryKey: [readPasswordLink.path, secret],
    queryFn: ({ signal }) => call(readPasswordLink, { token: secret }, { signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { problem, retry } = useFailure(link)
  if (link.data) return <Form token={secret} link={link.data} />
  if (!problem || isAway(problem)) {
    return (
      <OutsideCard title={t('choosePassword.title')}>
        {problem ? <Failed problem={problem} retry={retry} /> : <Loading lines={2} />}
      </OutsideCard>
    )
  }
  return (
    <OutsideCard title={t('finish.invalid')} hint={problemText(problem)}>
      <Button component={Link} to="/app/forgot-password" size="md" fullWidth>
        {t('choosePassword.again')}
      </Button>
    </OutsideCard>
  )
}

function Form({ token, link: { name, email, purpose } }: { token: string; link: LinkRead }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { entered } = useSessionActions()
  const form = useRef<HTMLFormElement>(null)
  const [password, setPassword] = useState('')
  const choosing = useSend(choosePassword, {
    onSuccess: ({ signedIn }) => {
      if (signedIn) void entered().then(() => navigate({ to: '/app' }))
      else {
        toast('good', t('choosePassword.chosen'), t('choosePassword.codeNext'))
        void navigate({ to: '/app/sign-in' })
      }
    },
  })
  const problems = useProblems(choosing.error, form, { password: t('newPassword.label') })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!choosing.isPending && !choosing.isSuccess) choosing.mutate({ token, password })
  }
  return (
    <OutsideCard
      title={purpose === 'invitation' ? t('choosePassword.welcome', { name }) : t('choosePassword.title')}
      hint={t('choosePassword.hint', { email })}
    >
      <form ref={form} onSubmit={submit} noValidate>
        <Stack gap="md">
          <ProblemSummary problems={problems} form={form} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <NewPassword value={password} onChange={setPassword} error={problems.of('password')} />
          <Button
            type="submit"
            size="md"
            fullWidth
            disabled={!mayBeChosen(password)}
            loading={choosing.isPending || choosing.isSuccess}
          >
            {t('choosePassword.submit')}
          </Button>
        </Stack>
      </form>
    </OutsideCard>
  )
}
