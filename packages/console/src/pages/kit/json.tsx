/** Data of an event or command as a tree that folds; loaded when it is first looked at. Large data stays text. */
import { ActionIcon, Button, CopyButton, Group, SegmentedControl, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useConsole } from './console.tsx'
import { prettyExact } from './exact-json.ts'
import classes from './json.module.css'
import { Loading } from './states.tsx'

const Tree = lazy(() => import('./json-tree.tsx'))

/** A tree of more text would keep the browser busy: peers' pages died of 85 kB. */
const TREE_BYTES_MAX = 48 * 1024
const SHOWN_CHARS_MAX = 64 * 1024

export function Json({ data: { json, bytes } }: { data: { json: string; bytes: number } }) {
  const { t, format } = useConsole()
  const [view, setView] = useState('tree')
  const large = bytes > TREE_BYTES_MAX
  const text = useMemo(() => (large ? json : prettyExact(json)), [json, large])
  return (
    <div>
      <Group justify="space-between" mb="xs" gap="xs">
        {large ? (
          <span className={classes.note}>{t('json.large', { size: format.bytes(bytes) })}</span>
        ) : (
          <SegmentedControl
            size="xs"
            value={view}
            onChange={setView}
            aria-label={t('json.view')}
            data={[
              { value: 'tree', label: t('json.tree') },
              { value: 'text', label: t('json.text') },
            ]}
          />
        )}
        {large ? (
          <Button
            size="compact-sm"
            variant="default"
            component="a"
            download="data.json"
            href={`data:application/json;charset=utf-8,${encodeURIComponent(json)}`}
          >
            {t('json.download')}
          </Button>
        ) : (
          <CopyButton value={text} timeout={1500}>
            {({ copied, copy }) => {
              const name = copied ? t('copy.done') : t('copy.what', { what: t('json.data') })
              const Icon = copied ? IconCheck : IconCopy
              return (
                <Tooltip label={name}>
                  <ActionIcon variant="subtle" color="gray" size={28} onClick={copy} aria-label={name}>
                    <Icon size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              )
            }}
          </CopyButton>
        )}
      </Group>
      {view === 'tree' && !large ? (
        <Suspense fallback={<Loading lines={2} height={20} />}>
          <Tree text={json} />
        </Suspense>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className={classes.text} aria-label={t('json.data')} tabIndex={0}>
          <pre>{text.slice(0, SHOWN_CHARS_MAX)}</pre>
        </section>
      )}
    </div>
  )
}
