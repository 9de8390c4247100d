import { Anchor } from '@mantine/core'

/** The address at which whoever runs the installation is reached, as a link. */
export function OperatorContact({ contact }: { contact: string }) {
  return (
    <Anchor
      href={contact.startsWith('https://') ? contact : `mailto:${contact}`}
      underline="always"
      inherit
      style={{ overflowWrap: 'anywhere' }}
    >
      {contact}
    </Anchor>
  )
}
