/** Short news in a corner; never the only place where something can be read. */
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

const LOOKS = {
  good: { color: 'green.8', icon: <IconCheck size={18} aria-hidden /> },
  news: { color: 'water', icon: <IconInfoCircle size={18} aria-hidden /> },
  bad: { color: 'red.8', icon: <IconAlertTriangle size={18} aria-hidden /> },
}

export function toast(tone: keyof typeof LOOKS, title: string, message: ReactNode = '', closeLabel = '') {
  notifications.show({
    ...LOOKS[tone],
    title,
    message,
    role: tone === 'bad' ? 'alert' : 'status',
    withBorder: true,
    autoClose: tone === 'bad' ? 12_000 : 7_000,
    closeButtonProps: { 'aria-label': closeLabel },
  })
}
