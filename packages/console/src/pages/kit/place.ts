/** Where a link leads inside the console: what the router's links and `navigate` take. */
export interface Place {
  to: string
  params?: never
  search?: never
}

interface Parts {
  params?: Record<string, string>
  search?: Record<string, string>
}

/** The console's routes are its own and not registered with the router's types, for a host may have its own. */
export const place = (to: string, { params, search }: Parts = {}): Place => ({
  to,
  ...(params ? { params: params as never } : {}),
  ...(search ? { search: search as never } : {}),
})

/** The list of each kind, and the key of its name. */
export const LISTS = { event: '/events', command: '/commands', batch: '/batches' } as const
export const LIST_NAMES = { event: 'nav.events', command: 'nav.commands', batch: 'nav.batches' } as const
