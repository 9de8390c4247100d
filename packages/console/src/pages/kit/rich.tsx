/** A translated sentence with a link or other element in it: `{{name}}` of the text becomes the node of that name. */
import { Fragment, type ReactNode } from 'react'
import type { Key, Values } from '../i18n/words.ts'
import { useConsole } from './console.tsx'

export function Rich({ text, values = {}, nodes }: { text: Key; values?: Values; nodes: Record<string, ReactNode> }) {
  const { t } = useConsole()
  // Left in by `t` as marks that no text contains.
  const marks = Object.fromEntries(Object.keys(nodes).map((name) => [name, `\u0001${name}\u0001`]))
  return t(text, { ...values, ...marks })
    .split('\u0001')
    .map((part, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence keep their places
      <Fragment key={index}>{index % 2 === 1 ? nodes[part] : part}</Fragment>
    ))
}
