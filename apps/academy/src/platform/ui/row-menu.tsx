/** All that can be done with a row of a list, behind one button: beside each other they would not fit, least of all on a phone. */
import { ActionIcon, Menu } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/** @param name of the row, to tell the buttons of a list apart. `children` are `Menu.Item`s. */
export function RowMenu({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation()
  const target = useRef<HTMLButtonElement>(null)
  return (
    // Focus is back at once: a dialog that an item opens gives it to where it was, and the item is gone by then.
    <Menu position="bottom-end" returnFocus={false} onClose={() => target.current?.focus()}>
      <Menu.Target>
        <ActionIcon ref={target} variant="default" size="md" aria-label={t('list.actionsOf', { name })}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
