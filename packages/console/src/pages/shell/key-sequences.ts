/** Single keys and sequences (`g e`) of the console, told apart from typing. */

export interface KeyBinding {
  /** One key, or two with a space between; as `KeyboardEvent.key` names them. */
  keys: string
  run: () => void
}

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  /** Typing goes to the field that has the focus, never to a shortcut. */
  intoField: boolean
}

const SEQUENCE_MAX_MS = 1200

/**
 * Feed it key presses; it runs what they are bound to and says whether it did.
 * The same key bound twice goes to the later binding: a page's own comes after the console's.
 */
export function createKeySequences(bindings: () => readonly KeyBinding[], nowMs: () => number = Date.now) {
  let first: { key: string; atMs: number } | undefined
  return (press: KeyPress): boolean => {
    if (press.intoField || press.ctrlKey || press.metaKey || press.altKey) {
      first = undefined
      return false
    }
    const all = bindings()
    const before = first && nowMs() - first.atMs <= SEQUENCE_MAX_MS ? `${first.key} ` : ''
    first = undefined
    const found =
      all.findLast(({ keys }) => before !== '' && keys === before + press.key) ??
      all.findLast(({ keys }) => keys === press.key)
    if (found) {
      found.run()
      return true
    }
    if (all.some(({ keys }) => keys.startsWith(`${press.key} `))) first = { key: press.key, atMs: nowMs() }
    return false
  }
}

const FIELDS = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"]'

export const isField = (target: EventTarget | null) => target instanceof Element && target.closest(FIELDS) !== null
