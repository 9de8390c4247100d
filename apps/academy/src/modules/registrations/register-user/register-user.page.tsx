/** Registration: first the address, then, by the link that came to it, password and name of the institution. */
import { Anchor, Button, Radio, Stack, TextInput } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { MailSent, OutsideCard } from '../../../platform/ui/outside-card.tsx'
import { DEMO_SIZES, type DemoSize } from '../../institutions/institution.fields.ts'
import { contract as readFeatures } from '../../users/features/features.contract.ts'
import { FinishRegistration } from '../finish-registration/finish-registration.page.tsx'
import { contract } from './register-user.contract.ts'

export default function Register() {
  const { token } = useSearch({ strict: false }) as { token?: unknown }
  return token === undefined ? <Ask /> : <FinishRegistration token={String(token)} />
}

const NOTHING = 'none'

function Ask() {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [email, setEmail] = useState('')
  const [demoData, setDemoData] = useState<string>(NOTHING)
  const asking = useSend(contract)
  const features = useApi(readFeatures, {}).data
  const problems = useProblems(asking.error, form, { email: t('signIn.email') })

  if (features?.registration === false) {
    return (
      <OutsideCard title={t('register.closed')} hint={t('register.closedHint')}>
        <Button component={Link} to="/app/sign-in" size="md" fullWidth>
          {t('signIn.submit')}
        </Button>
      </OutsideCard>
    )
  }

  if (asking.isSuccess) {
    return (
      <MailSent title={t('register.sent')} onAgain={asking.reset}>
        {t('register.sentHint', { email })}
      </MailSent>
    )
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (asking.isPending) return
    asking.mutate({ email, ...(demoData === NOTHING ? {} : { demoData: demoData as DemoSize }) })
  }
  return (
    <OutsideCard title={t('register.title')} hint={t('register.hint')}>
      <form ref={form} onSubmit={submit} noValidate>
        <Stack gap="lg">
          <ProblemSummary problems={problems} form={form} />
          <TextInput
            label={t('signIn.email')}
            type="email"
            name="email"
            data-field="email"
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            size="md"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={problems.of('email')}
          />
          {features?.demonstrations && (
            <Radio.Group label={t('register.demoData')} value={demoData} onChange={setDemoData}>
              <Stack gap="xs" mt="xs">
                <Radio value={NOTHING} label={t('register.demoNone')} />
                {DEMO_SIZES.map((size) => (
                  <Radio key={size} value={size} label={t(`register.demo.${size}`)} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Button type="submit" size="md" fullWidth loading={asking.isPending}>
            {t('register.submit')}
          </Button>
          <Anchor component={Link} to="/app/sign-in" size="sm" ta="center">
            {t('register.haveAccount')}
          </Anchor>
        </Stack>
      </form>
    </OutsideCard>
  )
}
