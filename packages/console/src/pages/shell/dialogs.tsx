/** Help of the keyboard, and the way to a record by its id; loaded when they are asked for. */
import { Kbd, Modal, Stack, Switch } from '@mantine/core'
import { Fragment } from 'react'
import { useConsole } from '../kit/console.tsx'
import { FindForm } from './find-form.tsx'
import classes from './shell.module.css'
import { useShortcutList } from './shortcuts.tsx'

interface DialogProps {
  opened: boolean
  close: () => void
}

export type DialogName = 'help' | 'find'

export default function Dialogs({ shown, close }: { shown: DialogName | undefined; close: () => void }) {
  return (
    <>
      <HelpDialog opened={shown === 'help'} close={close} />
      <FindDialog opened={shown === 'find'} close={close} />
    </>
  )
}

function HelpDialog({ opened, close }: DialogProps) {
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

function FindDialog({ opened, close }: DialogProps) {
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
