/** Running a command again: a linked copy, with a reason that is kept, and with other data where they were wrong. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconRepeat } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useSignIn } from '../host.tsx'
import { type ConsoleProblem, useApi, useAsk, useProblemText } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, type getCommand, getMe, reprocessCommand } from '../kit/endpoints.ts'
import { prettyExact } from '../kit/exact-json.ts'
import { LabelText, RecordLink } from '../kit/record.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { useOpen } from '../workflows/record-header.tsx'

type Command = AnswerOf<typeof getCommand>

const REASON_MIN = 3
const EDITED_BYTES_MAX = 16 * 1024

export function Reprocess({ command }: { command: Command }) {
  const { t } = useConsole()
  const [asking, setAsking] = useState(false)
  const hint = useId()
  const me = useAsk(getMe, {})
  const { reprocess } = command
  const viewer = me.data?.role === 'viewer'
  const allowed = reprocess.allowed && !viewer
  const why = reprocess.allowed ? (viewer ? t('reprocess.not.wrong-role') : '') : t(`reprocess.not.${reprocess.reason}`)
  useShortcuts([{ keys: 'r', label: t('reprocess.do'), run: allowed ? () => setAsking(true) : undefined }])
  return (
    <>
      <Tooltip label={why} disabled={allowed} multiline maw={320}>
        <Button
          leftSection={<IconRepeat size={16} aria-hidden />}
          // Disabled in looks and in effect, but reachable, so that the reason can be read.
          {...(allowed ? {} : { 'data-disabled': true, 'aria-disabled': true, 'aria-describedby': hint })}
          onClick={() => allowed && setAsking(true)}
        >
          {t('reprocess.do')}
        </Button>
      </Tooltip>
      <span id={hint} hidden>
        {why}
      </span>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('reprocess.title')}
        closeButtonProps={{ 'aria-label': t('dialog.close') }}
      >
        <ReprocessForm command={command} close={() => setAsking(false)} />
      </Modal>
    </>
  )
}

function ReprocessForm({ command, close }: { command: Command; close: () => void }) {
  const { t } = useConsole()
  const { call } = useApi()
  const queries = useQueryClient()
  const problem = useProblemText()
  const open = useOpen()
  const signIn = useSignIn()
  const [reason, setReason] = useState('')
  const [tooShort, setTooShort] = useState(false)
  const [before] = useState(() => editable(command.data))
  const [data, setData] = useState(before ?? '')
  const [unreadable, setUnreadable] = useState<string>()
  const send = useMutation<AnswerOf<typeof reprocessCommand>, ConsoleProblem>({
    mutationFn: () =>
      call(reprocessCommand, {
        commandId: command.id,
        reason: reason.trim(),
        latest: command.latest,
        data: before === undefined || data === before ? undefined : JSON.parse(data),
      }),
    onSuccess: ({ copy }) => {
      void queries.invalidateQueries()
      close()
      open(copy)
    },
    // Signed out, all would fail that the page shows, and the reason that was typed would go with it.
    onError: ({ status }) => void (status !== 401 && queries.invalidateQueries()),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const why = before === undefined || data === before ? undefined : whyUnreadable(data)
    setUnreadable(why)
    setTooShort(reason.trim().length < REASON_MIN)
    if (why !== undefined || reason.trim().length < REASON_MIN) return
    if (!send.isPending) send.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>
          {t('reprocess.explain')} <b>{<LabelText of={command} />}</b>
        </Text>
        {command.batch && (
          <Text size="sm" c="dimmed">
            {t('reprocess.heals')} <RecordLink of={command.batch} />
          </Text>
        )}
        {send.error && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {problem(send.error)}{' '}
            {send.error.status === 401 && (
              <a href={signIn} target="_blank" rel="noreferrer">
                {t('reprocess.signIn')}
              </a>
            )}
            {send.error.errors.map(({ field, message }) => (
              <div key={`${field} ${message}`}>
                <code>{field}</code>: {message}
              </div>
            ))}
          </Alert>
        )}
        <Textarea
          label={t('reprocess.reason')}
          description={t('reprocess.reasonHint')}
          required
          autosize
          minRows={2}
          maxLength={1000}
          data-autofocus
          value={reason}
          error={tooShort && t('reprocess.reasonShort', { count: REASON_MIN })}
          onChange={(event) => {
            setTooShort(false)
            setReason(event.currentTarget.value)
          }}
        />
        {before !== undefined && (
          <Textarea
            label={t('reprocess.data')}
            description={t('reprocess.dataHint')}
            autosize
            minRows={2}
            maxRows={12}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={data}
            error={unreadable !== undefined && t('reprocess.dataUnreadable', { why: unreadable })}
            onChange={(event) => {
              setUnreadable(undefined)
              setData(event.currentTarget.value)
            }}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('dialog.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending} leftSection={<IconRepeat size={16} aria-hidden />}>
            {t('reprocess.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The data as text to change; undefined where they are too long for it, or where a number would lose digits on the way. */
function editable({ json, bytes }: Command['data']): string | undefined {
  if (bytes > EDITED_BYTES_MAX) return undefined
  const text = prettyExact(json)
  return text === JSON.stringify(JSON.parse(json), null, 2) ? text : undefined
}

function whyUnreadable(json: string): string | undefined {
  try {
    JSON.parse(json)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
