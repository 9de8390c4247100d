import { JsonView } from 'react-json-view-lite'
import { useConsole } from './console.tsx'
import { parseExact } from './exact-json.ts'
import classes from './json.module.css'

const SMALL = 4096
const small = () => true
const two = (level: number) => level < 2

export default function JsonTree({ text }: { text: string }) {
  const { t } = useConsole()
  const data = parseExact(text)
  if (typeof data !== 'object' || data === null) return <pre className={classes.tree}>{text}</pre>
  return (
    <div className={classes.tree}>
      <JsonView
        data={data}
        shouldExpandNode={text.length < SMALL ? small : two}
        aria-label={t('json.data')}
        style={{
          container: classes['container'] ?? '',
          basicChildStyle: classes['child'] ?? '',
          childFieldsContainer: classes['children'] ?? '',
          label: classes['label'] ?? '',
          clickableLabel: classes['label'] ?? '',
          nullValue: classes['null'] ?? '',
          undefinedValue: classes['null'] ?? '',
          stringValue: classes['string'] ?? '',
          booleanValue: classes['literal'] ?? '',
          numberValue: classes['number'] ?? '',
          otherValue: classes['exact'] ?? '',
          punctuation: classes['punctuation'] ?? '',
          collapseIcon: classes['collapse'] ?? '',
          expandIcon: classes['expand'] ?? '',
          collapsedContent: classes['folded'] ?? '',
          noQuotesForStringValues: false,
          quotesForFieldNames: false,
          ariaLables: { collapseJson: t('json.collapse'), expandJson: t('json.expand') },
          stringifyStringValues: true,
        }}
      />
    </div>
  )
}
