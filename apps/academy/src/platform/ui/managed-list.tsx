/** A page of things that staff keep by hand: their list, and a dialog for a new one or a changed one. */
import { Button, Modal } from '@mantine/core'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { type ReactElement, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Endpoint } from '../http/endpoint.ts'
import { PageHeader } from './page-header.tsx'
import { SearchableTable, type SearchableTableProps } from './searchable-table.tsx'

export function ManagedList<E extends Endpoint, Row>({
  lead,
  newLabel,
  change,
  form,
  ...table
}: SearchableTableProps<E, Row> & {
  lead: string
  newLabel: string
  /** What can be changed of a row; without it, rows stay as they are. `unless` says why one of them does. */
  change?: { title: string; nameOf: (row: Row) => string; unless?: (row: Row) => ReactElement | undefined }
  /** The form of a new one when there is no row. It is given the row as it stands, whenever the list was read again. */
  form: (row: Row | undefined, onClose: () => void) => ReactNode
}) {
  const { t } = useTranslation()
  // What the dialog was about is kept while it fades out.
  const [dialog, setDialog] = useState<{ isOpen: boolean; row?: Row }>({ isOpen: false })
  const close = () => setDialog((shown) => ({ ...shown, isOpen: false }))
  const newButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ isOpen: true })}>
      {newLabel}
    </Button>
  )
  const { columns, query, rowsOf, keyOf } = table
  const asItStands = (row: Row) =>
    (query.data ? rowsOf(query.data) : []).find((each) => keyOf(each) === keyOf(row)) ?? row
  return (
    <>
      <PageHeader title={table.label} actions={newButton}>
        {lead}
      </PageHeader>
      <SearchableTable
        {...table}
        columns={
          change
            ? [
                ...columns,
                {
                  head: t('list.actions'),
                  action: true,
                  cell: (row) =>
                    change.unless?.(row) ?? (
                      <Button
                        size="compact-sm"
                        variant="default"
                        leftSection={<IconPencil size={14} aria-hidden />}
                        aria-label={t('list.changeOf', { name: change.nameOf(row) })}
                        onClick={() => setDialog({ isOpen: true, row })}
                      >
                        {t('list.change')}
                      </Button>
                    ),
                },
              ]
            : columns
        }
      />
      <Modal
        opened={dialog.isOpen}
        onClose={close}
        title={dialog.row && change ? change.title : newLabel}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        {form(dialog.row && asItStands(dialog.row), close)}
      </Modal>
    </>
  )
}
