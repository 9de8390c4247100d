/** What people read instead of a stored name, e.g. `{ en: 'Activity created', pt: 'Atividade criada' }`. */
export interface Label {
  en: string
  pt: string
}
