/** A grade as people type it. */

export type TypedNote = { kind: 'note'; note: number | null } | { kind: 'unreadable' }

/** With a comma or a point; nothing means that no grade is given. Whether it may be given, the server says. */
export function readNote(typed: string): TypedNote {
  const text = typed.trim().replace(',', '.')
  if (text === '') return { kind: 'note', note: null }
  return /^-?\d+(\.\d*)?$/.test(text) ? { kind: 'note', note: Number(text) } : { kind: 'unreadable' }
}
