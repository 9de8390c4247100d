/** The way to a record whose id one has. */
import { Button, Group, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useConsole } from '../kit/console.tsx'
import { place } from '../kit/place.ts'

const ID = /^(evt_|cmd_|bat_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

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
    void navigate(place('/go/$id', { params: { id: wanted } }))
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
