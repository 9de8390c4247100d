/** Help of the keyboard, and the way to a record whose id one has. */
import { Button, Group, Kbd, Modal, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, Fragment, useState } from 'react'
import { useConsole } from '../kit/console.tsx'
import classes from './shell.module.css'
import { useShortcutList } from './shortcuts.tsx'

export function HelpDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useConsole()
  const { all, enabled, setEnabled } = useShortcutList()
  // The same key may be bound by the console and by the page: the page's is the one that runs.
  const shown = all.filter(({ keys }, index) => all.findLastIndex((other) => other.keys === keys) === index)
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('keys.help')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <Stack>
        <Switch
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
          label={t('keys.enabled')}
          description={t('keys.enabledHint')}
        />
        <table className={classes.keys} aria-label={t('keys.help')}>
          <tbody>
            {shown.map(({ keys, label }) => (
              <tr key={keys}>
                <th scope="row">{label}</th>
                <td>
                  {keys.split(' ').map((key, index) => (
                    <Fragment key={key}>
                      {index > 0 && ` ${t('keys.sequence')} `}
                      <Kbd>{key}</Kbd>
                    </Fragment>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Stack>
    </Modal>
  )
}

const ID = /^(evt_|cmd_|bat_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function FindDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useConsole()
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('keys.find')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <FindForm found={close} />
    </Modal>
  )
}

export function FindForm({ found }: { found?: () => void }) {
  const { t } = useConsole()
  const navigate = useNavigate()
  const [id, setId] = useState('')
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = id.trim()
    if (!ID.test(wanted)) return setWrong(true)
    found?.()
    void navigate({ to: '/go/$id', params: { id: wanted } })
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-start" gap="xs" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          aria-label={t('find.label')}
          placeholder={t('find.placeholder')}
          value={id}
          data-autofocus
          error={wrong && t('find.wrong')}
          onChange={(event) => {
            setWrong(false)
            setId(event.currentTarget.value)
          }}
        />
        <Button type="submit" variant="default">
          {t('find.go')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t('find.hint')}
      </Text>
    </form>
  )
}
