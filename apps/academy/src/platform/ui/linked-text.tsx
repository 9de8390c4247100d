/** What somebody wrote, with its addresses as links. They lead out of the academy, and say nothing of where they were found. */
import { Anchor } from '@mantine/core'
import { Fragment } from 'react'
import { piecesOf } from '../links.ts'

export function LinkedText({ children }: { children: string }) {
  return piecesOf(children).map((piece, place) => {
    const key = `${place} ${piece.text}`
    if (!('url' in piece)) return <Fragment key={key}>{piece.text}</Fragment>
    return (
      <Anchor key={key} href={piece.url} target="_blank" rel="noopener noreferrer nofollow" underline="always" inherit>
        {piece.text}
      </Anchor>
    )
  })
}
