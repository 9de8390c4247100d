/** Data of an event or command as a tree that folds; loaded when it is first looked at. Large data stays text. */
import { Button, Group, SegmentedControl } from '@mantine/core'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useConsole } from './console.tsx'
import { Copy } from './copy.tsx'
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
          <Copy quiet text={text} label={t('copy.what', { what: t('json.data') })} size={28} />
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
