/** What people read: labels from the running code (of batches and entities, from the application), names of institutions and authors from the application. */
import type { App } from 'cascata'
import type { CommandStatus, Kind, Label, Ref, Tenant } from '../contract/index.ts'
import { showId } from './ids.ts'

export interface NamesOptions {
  app?: App
  batchLabels?: Readonly<Record<string, Label>>
  entityLabels?: Readonly<Record<string, Label>>
  tenants?: () => Promise<readonly { id: string; name: string }[]>
  nameOf?: (userId: string) => Promise<string | undefined>
}

/** Names of institutions change rarely, and a list of them is asked for with every page. */
const TENANTS_FRESH_MS = 10_000
/** Nobody waits longer for a name: the page is there without it. */
const NAME_MS_MAX = 2_000

export class Names {
  readonly app: App | undefined
  readonly #batchLabels: Readonly<Record<string, Label>>
  readonly #entityLabels: Readonly<Record<string, Label>>
  readonly #ask: NamesOptions['tenants']
  readonly #nameOf: NamesOptions['nameOf']
  #tenants: ReadonlyMap<string, string> = new Map()
  /** Until the list that was asked for last is here, or its time is over. */
  #wait: Promise<void> | undefined
  #askedAt = Number.NEGATIVE_INFINITY

  constructor({ app, batchLabels = {}, entityLabels = {}, tenants, nameOf }: NamesOptions) {
    this.app = app
    this.#batchLabels = batchLabels
    this.#entityLabels = entityLabels
    this.#ask = tenants
    this.#nameOf = nameOf
  }

  label(kind: Kind, type: string): Label | null {
    if (kind === 'batch') return this.#batchLabels[type] ?? null
    return (kind === 'event' ? this.app?.events : this.app?.commands)?.get(type)?.label ?? null
  }

  typed(kind: Kind, type: string): { type: string; label: Label | null } {
    return { type, label: this.label(kind, type) }
  }

  entity(type: string): { type: string; label: Label | null } {
    return { type, label: this.#entityLabels[type] ?? null }
  }

  entities(): { type: string; label: Label | null }[] {
    return Object.keys(this.#entityLabels)
      .sort()
      .map((type) => this.entity(type))
  }

  ref<K extends Kind>(kind: K, uuid: string, type: string, status: string): Ref & { kind: K } {
    return { kind, id: showId(kind, uuid), ...this.typed(kind, type), status: status as CommandStatus }
  }

  async tenants(): Promise<ReadonlyMap<string, string>> {
    if (this.#ask && performance.now() - this.#askedAt > TENANTS_FRESH_MS) {
      this.#askedAt = performance.now()
      // Institutions without a name are better than no page.
      this.#wait = inTime(this.#learn(this.#ask)).catch(() => undefined)
    }
    await this.#wait
    return this.#tenants
  }

  /** Keeps the list whenever it comes: pages that are asked for later have its names. */
  async #learn(ask: NonNullable<NamesOptions['tenants']>): Promise<void> {
    const list = await ask()
    this.#tenants = new Map(list.map(({ id, name }) => [id.toLowerCase(), name]))
  }

  async tenant(id: string): Promise<Tenant> {
    return { id, name: (await this.tenants()).get(id) ?? null }
  }

  async author(userId: string): Promise<string | null> {
    return (this.#nameOf && (await inTime(this.#nameOf(userId)).catch(() => undefined))) ?? null
  }
}

/** @returns undefined when it does not come in time. */
async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), NAME_MS_MAX)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
