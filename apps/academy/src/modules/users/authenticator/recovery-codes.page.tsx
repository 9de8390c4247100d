/** Recovery codes, the one time that they are shown: to be copied, or kept as a file. */
import { Alert, Button, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconCopy, IconDownload, IconKey } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useCopy } from '../../../platform/ui/copy.ts'

export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useTranslation()
  const { copied, copy } = useCopy({ copied: t('twoSteps.copied'), notCopied: t('twoSteps.notCopied') })
  const title = useRef<HTMLHeadingElement>(null)
  // The form that had the focus is gone: a screen reader goes on here.
  useEffect(() => title.current?.focus(), [])
  const text = `${codes.join('\n')}\n`
  return (
    <Stack gap="md">
      <Title order={3} ref={title} tabIndex={-1} style={{ outline: 'none' }}>
        {t('twoSteps.recoveryTitle')}
      </Title>
      <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconKey aria-hidden />}>
        <Text size="sm">{t('twoSteps.recoveryHint')}</Text>
      </Alert>
      <SimpleGrid cols={2} component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {codes.map((code) => (
          <li key={code}>
            <Code fz="md">{code}</Code>
          </li>
        ))}
      </SimpleGrid>
      <Group>
        <Button variant="default" leftSection={<IconCopy size={18} aria-hidden />} onClick={() => copy(text)}>
          {copied ? t('twoSteps.copied') : t('twoSteps.copy')}
        </Button>
        <Button
          component="a"
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={t('twoSteps.fileName')}
        >
          {t('twoSteps.download')}
        </Button>
        <Button onClick={onKept}>{t('twoSteps.kept')}</Button>
      </Group>
      {copied === false && (
        <Text size="sm" fw={600}>
          {t('twoSteps.notCopied')}
        </Text>
      )}
    </Stack>
  )
}
