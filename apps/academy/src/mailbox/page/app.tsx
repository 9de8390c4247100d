/**
 * The mailbox's page in the browser. It is a client of the JSON API and nothing more.
 *
 * Named .tsx, though it has no JSX, so that it is type-checked with the pages (which have a DOM) and not with the server. The
 * mailbox serves it without its types, so only what erases may be used. What comes from a message is only ever set as text.
 *
 * Habits: a list does not move under the pointer or the focus (new messages wait behind a button then); nothing that fails
 * is shown as empty; letters as shortcuts can be switched off (WCAG 2.2 §2.1.4).
 */
import { type Locale, WORDS, type Words } from './words.ts'

type Outcome = 'accepted' | 'duplicate' | 'dropped' | 'rejected'
type Mode = keyof Words['modes']
type Tab = 'html' | 'text' | 'headers' | 'source' | 'attempts'

interface Person {
  email: string
  name: string
}

interface AttemptCounts {
  total: number
  accepted: number
  duplicate: number
  dropped: number
  rejected: number
}

interface Summary {
  id: string
  at: string
  via: 'http' | 'smtp'
  key: string | null
  messageId: string
  from: Person
  to: Person[]
  subject: string
  preview: string
  tags: string[]
  attachments: number
  attempts: AttemptCounts
}

interface Attempt {
  at: string
  via: 'http' | 'smtp'
  key: string | null
  n: number
  to: string[]
  outcome: Outcome
  status: number | null
  messageId?: string
}

interface Message extends Omit<Summary, 'attachments' | 'attempts'> {
  text: string
  html: string
  headers: [string, string][]
  attachments: { name: string; type: string; bytes: number }[]
  source: string
  attempts: Attempt[]
}

interface Simulator {
  mode: Mode
  percent: number
  seed: number
  retryAfterSeconds: number
  delayMs: number
  rejectAddresses: string[]
  failNext: number
}

interface Counts {
  messages: number
  attempts: AttemptCounts
}

interface Problem {
  errors?: { field: string; code: string; message: string }[]
}

const root = document.documentElement
const base = root.dataset['base'] ?? '/mailbox'
const PAGE_SIZE = 50
const ROWS_MAX = 500
const MODES: Mode[] = ['ok', 'fail-percent', 'rate-limit', 'slow', 'drop-after-accept', 'down']
const TABS: Tab[] = ['html', 'text', 'headers', 'source', 'attempts']

const state = {
  locale: (root.lang === 'pt-BR' ? 'pt-BR' : 'en') as Locale,
  theme: (root.dataset['theme'] ?? 'system') as 'light' | 'dark' | 'system',
  shortcuts: localStorage.getItem('mailbox-shortcuts') !== 'off',
  simulatorOpen: localStorage.getItem('mailbox-simulator') === 'open',
  live: false,
  query: new URLSearchParams(location.search).get('q') ?? '',
  items: [] as Summary[],
  next: null as string | null,
  listState: 'loading' as 'loading' | 'ready' | 'failed',
  fresh: [] as Summary[],
  counts: { messages: 0, attempts: { total: 0, accepted: 0, duplicate: 0, dropped: 0, rejected: 0 } } as Counts,
  selected: selectedInUrl(),
  message: null as Message | null,
  messageState: 'none' as 'none' | 'loading' | 'ready' | 'gone' | 'failed',
  tab: 'html' as Tab,
  width: 'desktop' as 'desktop' | 'phone',
  mailTheme: null as 'light' | 'dark' | null,
  simulator: null as Simulator | null,
  attempts: [] as Attempt[],
}

let w: Words = WORDS[state.locale]

// Small tools.

type Child = Node | string | null | undefined | false
type Props = { [name: string]: string | number | boolean | ((event: never) => void) | null | undefined }

/** An element: `on…` are listeners, `true` is a bare attribute, `false` and null none. Children that are strings become text. */
function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)))
  return element
}

function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  svg.append(shape)
  return svg
}

const ICONS = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L21 21',
  out: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  trash: 'M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${base}/api${path}`, init)
  if (!response.ok) throw Object.assign(new Error(String(response.status)), { status: response.status, response })
  return (response.status === 204 ? undefined : await response.json()) as T
}

const number = (value: number) => value.toLocaleString(state.locale)

function timeOf(at: string, long = false): string {
  const date = new Date(at)
  if (long) return date.toLocaleString(state.locale, { dateStyle: 'medium', timeStyle: 'medium' })
  const today = date.toDateString() === new Date().toDateString()
  return date.toLocaleString(
    state.locale,
    today
      ? { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }
      : { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false },
  )
}

const personOf = (person: Person) => (person.name ? `${person.name} <${person.email}>` : person.email)

function selectedInUrl(): string | null {
  const rest = location.pathname.slice(base.length + 1).replace(/\/$/, '')
  return /^\d+$/.test(rest) ? rest : null
}

function remember(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it to render the first paint in the right language and theme
  document.cookie = `${name}=${value}; path=${base}; max-age=31536000; samesite=lax`
}

function announce(text: string): void {
  announcer.textContent = text
}

const announcer = h('div', { role: 'status', class: 'unseen' })

// The frame: made once for each language; the parts below fill it.

const parts = {
  counts: h('span', { class: 'muted' }),
  live: h('span', { class: 'live' }),
  simulatorButton: h('button', {
    type: 'button',
    class: 'button',
    'aria-controls': 'simulator',
    onclick: toggleSimulator,
  }),
  list: h('section', { class: 'list', id: 'list', tabindex: -1 }),
  detail: h('section', { class: 'detail', id: 'detail' }),
  simulator: h('aside', { class: 'simulator', id: 'simulator' }),
  main: h('main', { class: 'panes' }),
}
let rows: HTMLOListElement
let listFoot: HTMLElement
let freshButton: HTMLButtonElement
let searchInput: HTMLInputElement

function renderFrame(): void {
  w = WORDS[state.locale]
  root.lang = state.locale
  document.title = w.title
  const language = h(
    'select',
    {
      'aria-label': w.language,
      onchange: (event: Event) => {
        state.locale = (event.target as HTMLSelectElement).value as Locale
        remember('mailbox-lang', state.locale)
        renderFrame()
        document.querySelector<HTMLSelectElement>('#language')?.focus()
      },
      id: 'language',
    },
    option('pt-BR', 'Português', state.locale),
    option('en', 'English', state.locale),
  )
  const theme = h(
    'select',
    {
      'aria-label': w.theme,
      onchange: (event: Event) => {
        state.theme = (event.target as HTMLSelectElement).value as typeof state.theme
        root.dataset['theme'] = state.theme
        remember('mailbox-theme', state.theme)
        renderDetail()
      },
    },
    option('system', w.system, state.theme),
    option('light', w.light, state.theme),
    option('dark', w.dark, state.theme),
  )
  parts.list.setAttribute('aria-label', w.list)
  parts.simulator.setAttribute('aria-label', w.simulatorLong)
  parts.main.replaceChildren(parts.list, parts.detail, parts.simulator)
  const logo = h('img', { src: `${base}/assets/icon.svg`, alt: '', width: 24, height: 24 })
  document
    .querySelector('#app')
    ?.replaceChildren(
      h('a', { class: 'skip', href: '#list' }, w.skip),
      h(
        'header',
        { class: 'bar' },
        h('h1', {}, logo, h('span', {}, w.title), h('span', { class: 'badge' }, w.environment)),
        h('div', { class: 'bar-facts' }, parts.counts, parts.live),
        h('div', { class: 'bar-tools' }, parts.simulatorButton, language, theme),
      ),
      parts.main,
      announcer,
    )
  renderListFrame()
  renderDetail()
  renderSimulator()
  renderBar()
}

function option(value: string, label: string, chosen: string): HTMLOptionElement {
  return h('option', { value, selected: value === chosen }, label)
}

function renderBar(): void {
  parts.counts.textContent = w.messages(state.counts.messages, number(state.counts.messages))
  parts.live.textContent = state.live ? w.liveOn : w.liveOff
  parts.live.dataset['on'] = String(state.live)
  const mode = state.simulator?.mode ?? 'ok'
  const trouble =
    mode !== 'ok' || (state.simulator?.failNext ?? 0) > 0 || (state.simulator?.rejectAddresses.length ?? 0) > 0
  parts.simulatorButton.dataset['trouble'] = String(trouble)
  parts.simulatorButton.setAttribute('aria-expanded', String(state.simulatorOpen))
  parts.simulatorButton.replaceChildren(
    icon(ICONS.plug),
    h('span', { class: 'wide' }, `${w.simulator}:`),
    h('span', {}, w.modeShort[mode]),
  )
  parts.main.dataset['simulator'] = state.simulatorOpen ? 'open' : 'closed'
  parts.main.dataset['view'] = state.selected ? 'detail' : 'list'
}

// The list.

function renderListFrame(): void {
  searchInput = h('input', {
    type: 'search',
    id: 'search',
    placeholder: w.searchHint,
    'aria-label': w.search,
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => {
      clearTimeout(searchTimer)
      searchTimer = window.setTimeout(() => search(searchInput.value), 150)
    },
  })
  searchInput.value = state.query
  rows = h('ol', { class: 'rows', role: 'list' })
  listFoot = h('div', { class: 'list-foot' })
  freshButton = h('button', { type: 'button', class: 'fresh', onclick: showFresh, hidden: true })
  parts.list.replaceChildren(
    h(
      'div',
      { class: 'list-tools' },
      h('div', { class: 'search' }, icon(ICONS.search), searchInput),
      h(
        'button',
        { type: 'button', class: 'button quiet', 'aria-label': w.emptyAllLong, onclick: confirmEmpty },
        icon(ICONS.trash),
        w.emptyAll,
      ),
    ),
    freshButton,
    h('div', { class: 'scroll', id: 'scroll' }, rows, listFoot),
    h(
      'div',
      { class: 'list-end' },
      h(
        'label',
        {},
        h('input', {
          type: 'checkbox',
          checked: state.shortcuts,
          onchange: (event: Event) => {
            state.shortcuts = (event.target as HTMLInputElement).checked
            localStorage.setItem('mailbox-shortcuts', state.shortcuts ? 'on' : 'off')
          },
        }),
        `${w.shortcuts} `,
        h('kbd', {}, w.shortcutsHint),
      ),
    ),
  )
  renderRows()
}

let searchTimer = 0

function renderRows(): void {
  rows.replaceChildren(...state.items.map(row))
  renderListFoot()
}

function row(item: Summary): HTMLLIElement {
  const again = item.attempts.total
  return h(
    'li',
    {},
    h(
      'a',
      {
        href: `${base}/${item.id}`,
        'aria-current': item.id === state.selected ? 'true' : null,
        'data-id': item.id,
        onclick: (event: MouseEvent) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          select(item.id)
        },
      },
      h(
        'span',
        { class: 'row-top' },
        h('span', { class: 'row-to' }, item.to.map((person) => person.name || person.email).join(', ')),
        h('time', { datetime: item.at }, timeOf(item.at)),
      ),
      h('span', { class: 'row-subject' }, item.subject || w.noSubject),
      h(
        'span',
        { class: 'row-end' },
        h('span', { class: 'row-preview' }, item.preview),
        again > 1 && h('span', { class: 'chip warn' }, w.attemptsShort(again)),
        h('span', { class: 'chip' }, item.via.toUpperCase()),
      ),
    ),
  )
}

function renderListFoot(): void {
  freshButton.hidden = state.fresh.length === 0
  freshButton.textContent = w.fresh(state.fresh.length)
  if (state.listState === 'failed') {
    listFoot.replaceChildren(
      note(
        w.failed,
        '',
        button(w.retry, () => load()),
      ),
    )
  } else if (state.items.length === 0) {
    if (state.listState === 'loading') listFoot.replaceChildren()
    else if (state.query)
      listFoot.replaceChildren(
        note(
          w.nothingFound,
          '',
          button(w.clearSearch, () => search('')),
        ),
      )
    else listFoot.replaceChildren(note(w.nothingYet, w.nothingYetHint))
  } else if (state.next) listFoot.replaceChildren(button(w.more, loadMore))
  else listFoot.replaceChildren()
}

const button = (label: string, onclick: () => void) => h('button', { type: 'button', class: 'button', onclick }, label)

const note = (title: string, hint: string, more?: Node) =>
  h('div', { class: 'note' }, h('p', {}, h('strong', {}, title)), hint && h('p', { class: 'muted' }, hint), more)

function pageQuery(after?: string): string {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) })
  if (state.query) query.set('q', state.query)
  if (after) query.set('after', after)
  return `/messages?${query}`
}

let loading = 0

async function load(): Promise<void> {
  const mine = ++loading
  try {
    const [page, counts] = await Promise.all([
      ask<{ items: Summary[]; next: string | null }>(pageQuery()),
      ask<Counts>('/counts'),
    ])
    if (mine !== loading) return
    Object.assign(state, { items: page.items, next: page.next, counts, fresh: [], listState: 'ready' })
  } catch {
    if (mine === loading) state.listState = 'failed'
  }
  if (mine !== loading) return
  renderRows()
  renderBar()
}

async function loadMore(): Promise<void> {
  const last = state.items.at(-1)
  if (!last) return
  try {
    const page = await ask<{ items: Summary[]; next: string | null }>(pageQuery(last.id))
    state.items.push(...page.items)
    state.next = page.next
    rows.append(...page.items.map(row))
    const first = page.items[0]
    if (first) rows.querySelector<HTMLElement>(`[data-id="${first.id}"]`)?.focus()
  } catch {
    state.listState = 'failed'
  }
  renderListFoot()
}

function search(query: string): void {
  state.query = query.trim()
  if (searchInput.value.trim() !== state.query) searchInput.value = state.query
  const url = new URL(location.href)
  if (state.query) url.searchParams.set('q', state.query)
  else url.searchParams.delete('q')
  history.replaceState(null, '', url)
  load().then(() =>
    announce(state.items.length === 0 ? w.nothingFound : w.messages(state.items.length, number(state.items.length))),
  )
}

function confirmEmpty(): void {
  const dialog = h(
    'dialog',
    { 'aria-label': w.emptyAllLong, onclose: () => dialog.remove() },
    h('p', {}, w.emptyConfirm),
    h(
      'form',
      { method: 'dialog', class: 'actions' },
      h('button', { class: 'button', value: 'cancel' }, w.cancel),
      h(
        'button',
        {
          type: 'button',
          class: 'button danger',
          onclick: async () => {
            dialog.close()
            await ask('/messages', { method: 'DELETE' }).catch(() => announce(w.failed))
          },
        },
        w.emptyAllLong,
      ),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
}

// Live.

const arrived: Summary[] = []
let frameAsked = false

function onArrived(item: Summary): void {
  arrived.push(item)
  if (frameAsked) return
  frameAsked = true
  requestAnimationFrame(() => {
    frameAsked = false
    const known = new Set(state.items.slice(0, 2 * PAGE_SIZE).map((each) => each.id))
    const items = arrived.splice(0).filter((each) => !known.has(each.id))
    state.counts = { ...state.counts, messages: state.counts.messages + items.length }
    // The list must not move under a pointer or a focus; and a search is only run by the server.
    const inUse = parts.list.matches(':hover') || rows.contains(document.activeElement)
    const scrolled = (document.querySelector('#scroll')?.scrollTop ?? 0) > 8
    state.fresh.push(...items)
    if (!state.query && !scrolled && (!inUse || state.items.length === 0)) showFresh()
    else renderListFoot()
    renderBar()
  })
}

function showFresh(): void {
  if (state.query) {
    load()
    return
  }
  const items = state.fresh.splice(0).reverse().slice(0, ROWS_MAX)
  state.items.unshift(...items)
  if (state.items.length > ROWS_MAX) {
    state.items.length = ROWS_MAX
    state.next = state.items.at(-1)?.id ?? null
  }
  rows.prepend(...items.map(row))
  while (rows.children.length > ROWS_MAX) rows.lastElementChild?.remove()
  document.querySelector('#scroll')?.scrollTo({ top: 0 })
  renderListFoot()
}

function onAttempt(attempt: Attempt): void {
  state.attempts = [attempt, ...state.attempts].slice(0, 50)
  const { attempts } = state.counts
  state.counts = {
    ...state.counts,
    attempts: { ...attempts, total: attempts.total + 1, [attempt.outcome]: attempts[attempt.outcome] + 1 },
  }
  const item = attempt.outcome === 'duplicate' && state.items.find((each) => each.messageId === attempt.messageId)
  if (item) {
    item.attempts = { ...item.attempts, total: item.attempts.total + 1, duplicate: item.attempts.duplicate + 1 }
    const link = rows.querySelector(`[data-id="${item.id}"]`)
    if (link && !rows.contains(document.activeElement)) link.closest('li')?.replaceWith(row(item))
    if (item.id === state.selected) open(item.id, true)
  }
  renderAttempts()
}

function connect(): void {
  const stream = new EventSource(`${base}/api/stream`)
  let connectedBefore = false
  stream.addEventListener('ready', () => {
    state.live = true
    if (connectedBefore) load()
    connectedBefore = true
    renderBar()
  })
  stream.addEventListener('message', (event) => onArrived(JSON.parse(event.data)))
  stream.addEventListener('attempt', (event) => onAttempt(JSON.parse(event.data)))
  stream.addEventListener('simulator', (event) => {
    const before = state.simulator
    state.simulator = JSON.parse(event.data)
    // Only the countdown moved: do not rebuild a form that somebody may be filling in.
    const same =
      before && JSON.stringify({ ...before, failNext: 0 }) === JSON.stringify({ ...state.simulator, failNext: 0 })
    const countdown = document.querySelector<HTMLInputElement>('#sim-failNext')
    if (same && countdown) {
      if (document.activeElement !== countdown) countdown.value = String(state.simulator?.failNext ?? 0)
    } else if (!parts.simulator.contains(document.activeElement)) renderSimulator()
    renderBar()
  })
  stream.addEventListener('cleared', () => {
    state.attempts = []
    load()
    renderAttempts()
    if (state.selected) open(state.selected, true)
  })
  stream.addEventListener('error', () => {
    state.live = false
    renderBar()
  })
}

// One message.

function select(id: string | null, push = true): void {
  state.selected = id
  if (push) history.pushState(null, '', `${base}${id ? `/${id}` : ''}${location.search}`)
  for (const link of rows.querySelectorAll('[aria-current]')) link.removeAttribute('aria-current')
  const link = id ? rows.querySelector<HTMLElement>(`[data-id="${id}"]`) : null
  link?.setAttribute('aria-current', 'true')
  link?.scrollIntoView({ block: 'nearest' })
  renderBar()
  if (id) open(id)
  else {
    state.message = null
    state.messageState = 'none'
    renderDetail()
  }
}

async function open(id: string, quietly = false): Promise<void> {
  if (!quietly) {
    state.messageState = 'loading'
    parts.detail.setAttribute('aria-busy', 'true')
  }
  try {
    const message = await ask<Message>(`/messages/${id}`)
    if (id !== state.selected) return
    state.message = message
    state.messageState = 'ready'
    if (!quietly && !message.html && state.tab === 'html') state.tab = 'text'
  } catch (error) {
    if (id !== state.selected) return
    state.message = null
    state.messageState = (error as { status?: number }).status === 404 ? 'gone' : 'failed'
  }
  if (quietly && state.messageState === 'ready') renderPanel(state.tab === 'attempts')
  else renderDetail()
}

function renderDetail(): void {
  const { message } = state
  parts.detail.removeAttribute('aria-busy')
  parts.detail.setAttribute('aria-label', message ? message.subject || w.noSubject : w.pickOne)
  const back = h('button', { type: 'button', class: 'button back', onclick: backToList }, icon(ICONS.back), w.back)
  if (!message) {
    const text =
      state.messageState === 'gone'
        ? note(w.gone, w.goneHint)
        : state.messageState === 'failed'
          ? note(
              w.failed,
              '',
              button(w.retry, () => state.selected && open(state.selected)),
            )
          : state.messageState === 'loading'
            ? null
            : note(w.pickOne, w.pickOneHint)
    parts.detail.replaceChildren(h('div', { class: 'detail-bar' }, back), ...(text ? [text] : []))
    return
  }
  const fact = (label: string, value: Child, mono = false) => [
    h('dt', {}, label),
    h('dd', mono ? { class: 'mono' } : {}, value),
  ]
  parts.detail.replaceChildren(
    h('div', { class: 'detail-bar' }, back),
    h(
      'div',
      { class: 'detail-head' },
      h('h2', {}, message.subject || w.noSubject),
      h(
        'dl',
        {},
        ...fact(w.from, personOf(message.from)),
        ...fact(w.to, message.to.map(personOf).join(', ')),
        ...fact(w.received, h('time', { datetime: message.at }, timeOf(message.at, true))),
        ...fact(w.via, message.via.toUpperCase()),
        ...fact(w.key, message.key ?? w.none, message.key !== null),
        ...fact(w.messageId, message.messageId, true),
        ...(message.tags.length > 0
          ? fact(w.tags, h('span', { class: 'chips' }, ...message.tags.map((tag) => h('span', { class: 'chip' }, tag))))
          : []),
        ...(message.attachments.length > 0
          ? fact(
              w.attachments,
              message.attachments.map((each) => `${each.name || each.type} (${number(each.bytes)} B)`).join(', '),
            )
          : []),
      ),
    ),
    tabList(),
    h('div', { class: 'panel', role: 'tabpanel', id: 'panel', tabindex: 0 }),
  )
  renderPanel(true)
}

function backToList(): void {
  const id = state.selected
  select(null)
  rows.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus()
}

function tabList(): HTMLElement {
  const labels: Record<Tab, string> = {
    html: w.tabHtml,
    text: w.tabText,
    headers: w.tabHeaders,
    source: w.tabSource,
    attempts: w.tabAttempts,
  }
  const choose = (tab: Tab) => {
    state.tab = tab
    for (const each of parts.detail.querySelectorAll<HTMLElement>('[role=tab]')) {
      each.setAttribute('aria-selected', String(each.id === `tab-${tab}`))
      each.tabIndex = each.id === `tab-${tab}` ? 0 : -1
    }
    renderPanel(true)
  }
  return h(
    'div',
    { class: 'tabs-bar' },
    h(
      'div',
      {
        role: 'tablist',
        'aria-label': w.tabs,
        class: 'tabs',
        onkeydown: (event: KeyboardEvent) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
          const at = TABS.indexOf(state.tab)
          const to =
            event.key === 'Home'
              ? 0
              : event.key === 'End'
                ? TABS.length - 1
                : step && (at + step + TABS.length) % TABS.length
          const tab = to === undefined ? undefined : TABS[to]
          if (!tab) return
          event.preventDefault()
          choose(tab)
          document.querySelector<HTMLElement>(`#tab-${tab}`)?.focus()
        },
      },
      ...TABS.map((tab) =>
        h(
          'button',
          {
            type: 'button',
            role: 'tab',
            id: `tab-${tab}`,
            'aria-controls': 'panel',
            'aria-selected': String(tab === state.tab),
            tabindex: tab === state.tab ? 0 : -1,
            onclick: () => choose(tab),
          },
          labels[tab],
        ),
      ),
    ),
    h('div', { class: 'preview-tools', id: 'preview-tools' }),
  )
}

/** The frame is rebuilt only when asked: reloading it under the reader's eyes would scroll it back to its top. */
function renderPanel(rebuild: boolean): void {
  const panel = document.querySelector<HTMLElement>('#panel')
  const tools = document.querySelector<HTMLElement>('#preview-tools')
  const { message, tab } = state
  if (!panel || !tools || !message || !rebuild) return
  panel.setAttribute('aria-labelledby', `tab-${tab}`)
  panel.dataset['tab'] = tab
  tools.replaceChildren(...(tab === 'html' && message.html ? previewTools(message) : []))
  panel.replaceChildren(panelContent(message, tab))
}

function panelContent(message: Message, tab: Tab): Node {
  switch (tab) {
    case 'html': {
      if (!message.html) return note(w.noHtml, '')
      const frame = h('iframe', {
        // No scripts, no forms, an origin of its own; links may open a tab.
        sandbox: 'allow-popups allow-popups-to-escape-sandbox',
        src: `${base}/${message.id}/html`,
        title: w.preview,
        referrerpolicy: 'no-referrer',
      })
      return h('div', { class: 'stage', 'data-width': state.width, 'data-theme': mailTheme() }, frame)
    }
    case 'text':
      return message.text ? h('pre', { class: 'prose' }, message.text) : note(w.noText, '')
    case 'headers':
      return h(
        'table',
        { class: 'table' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, w.header), h('th', { scope: 'col' }, w.value))),
        h(
          'tbody',
          {},
          ...message.headers.map(([name, value]) =>
            h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'mono' }, value)),
          ),
        ),
      )
    case 'source': {
      const copy = button(w.copy, () => {
        const tell = (said: string) => () => {
          copy.textContent = said
          announce(said)
        }
        // Without TLS, and from another machine, a page has no clipboard.
        if (!('clipboard' in navigator)) return tell(w.notCopied)()
        navigator.clipboard.writeText(message.source).then(tell(w.copied), tell(w.notCopied))
      })
      copy.classList.add('copy')
      return h('div', { class: 'source' }, copy, h('pre', { class: 'mono' }, message.source))
    }
    case 'attempts':
      if (message.attempts.length === 0) return note(w.noAttempts, '')
      return h(
        'table',
        { class: 'table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...[w.attempt, w.time, w.via, w.outcome, w.answer].map((label) => h('th', { scope: 'col' }, label)),
          ),
        ),
        h(
          'tbody',
          {},
          ...message.attempts.map((attempt) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, String(attempt.n)),
              h('td', {}, h('time', { datetime: attempt.at }, timeOf(attempt.at))),
              h('td', {}, attempt.via.toUpperCase()),
              h('td', {}, outcome(attempt.outcome)),
              h('td', {}, attempt.status === null ? w.noAnswer : String(attempt.status)),
            ),
          ),
        ),
      )
  }
}

/** What was chosen for the message, else what the page itself looks like. */
function mailTheme(): 'light' | 'dark' {
  if (state.mailTheme) return state.mailTheme
  if (state.theme !== 'system') return state.theme
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

const outcome = (value: Outcome) => h('span', { class: `outcome ${value}` }, w.outcomes[value])

function previewTools(message: Message): Node[] {
  const stage = () => document.querySelector<HTMLElement>('.stage')
  return [
    segmented(
      w.width,
      [
        ['desktop', w.desktop],
        ['phone', w.phone],
      ],
      state.width,
      (value) => {
        state.width = value
        const element = stage()
        if (element) element.dataset['width'] = value
      },
    ),
    segmented(
      w.mailTheme,
      [
        ['light', w.light],
        ['dark', w.dark],
      ],
      mailTheme(),
      (value) => {
        state.mailTheme = value
        const element = stage()
        if (element) element.dataset['theme'] = value
      },
    ),
    h(
      'a',
      {
        class: 'button quiet',
        href: `${base}/${message.id}/html`,
        target: '_blank',
        rel: 'noopener',
        'aria-label': w.openAloneLong,
      },
      icon(ICONS.out),
      h('span', { class: 'wide' }, w.openAlone),
    ),
  ]
}

function segmented<T extends string>(
  label: string,
  choices: [T, string][],
  chosen: string,
  onChoose: (value: T) => void,
): HTMLElement {
  const group = h('div', { class: 'segmented', role: 'group', 'aria-label': label })
  for (const [value, text] of choices) {
    group.append(
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(value === chosen),
          onclick: (event: MouseEvent) => {
            for (const each of group.children) each.setAttribute('aria-pressed', String(each === event.currentTarget))
            onChoose(value)
          },
        },
        text,
      ),
    )
  }
  return group
}

// The simulator.

function toggleSimulator(): void {
  state.simulatorOpen = !state.simulatorOpen
  localStorage.setItem('mailbox-simulator', state.simulatorOpen ? 'open' : 'closed')
  renderBar()
  if (state.simulatorOpen) parts.simulator.querySelector<HTMLElement>('input:checked')?.focus()
  else parts.simulatorButton.focus()
}

let attemptsList: HTMLElement | undefined
let attemptsTotals: HTMLElement | undefined

function renderSimulator(message = ''): void {
  const { simulator } = state
  if (!simulator) return
  const field = (
    name: Exclude<keyof Simulator, 'mode' | 'rejectAddresses'>,
    label: string,
    bounds: { min: number; max: number; step?: number | string },
    hint = '',
  ) =>
    h(
      'div',
      { class: 'field', 'data-field': name },
      h('label', { for: `sim-${name}` }, label),
      h('input', {
        type: 'number',
        id: `sim-${name}`,
        name,
        value: simulator[name],
        inputmode: 'numeric',
        required: true,
        ...bounds,
        'aria-describedby': `sim-${name}-hint`,
      }),
      h('p', { class: 'hint', id: `sim-${name}-hint` }, hint),
    )
  const extra: Partial<Record<Mode, () => Node[]>> = {
    'fail-percent': () => [
      field('percent', w.percent, { min: 0, max: 100, step: 'any' }),
      field('seed', w.seed, { min: 0, max: 2_147_483_647 }, w.seedHint),
    ],
    'drop-after-accept': () => [
      field('percent', w.percent, { min: 0, max: 100, step: 'any' }),
      field('seed', w.seed, { min: 0, max: 2_147_483_647 }, w.seedHint),
    ],
    'rate-limit': () => [field('retryAfterSeconds', w.retryAfterSeconds, { min: 0, max: 86_400 })],
    slow: () => [field('delayMs', w.delayMs, { min: 0, max: 120_000 })],
  }
  const extras = h('div', { class: 'extras' })
  const showExtras = (mode: Mode) => {
    extras.replaceChildren(...(extra[mode]?.() ?? []))
    extras.hidden = extras.childElementCount === 0
  }
  showExtras(simulator.mode)

  const status = h('p', { class: 'form-status', role: 'status' }, message)
  const addresses = h('textarea', {
    id: 'sim-rejectAddresses',
    name: 'rejectAddresses',
    rows: 3,
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-describedby': 'sim-rejectAddresses-hint',
  })
  addresses.value = simulator.rejectAddresses.join('\n')

  const form: HTMLFormElement = h(
    'form',
    {
      novalidate: true,
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault()
        apply(form, status)
      },
    },
    h(
      'fieldset',
      {},
      h('legend', {}, w.mode),
      ...MODES.map((mode) =>
        h(
          'label',
          { class: 'mode' },
          h('input', {
            type: 'radio',
            name: 'mode',
            value: mode,
            checked: mode === simulator.mode,
            onchange: () => showExtras(mode),
          }),
          h(
            'span',
            {},
            h('span', { class: 'mode-name' }, w.modes[mode][0]),
            h('span', { class: 'hint' }, w.modes[mode][1]),
          ),
        ),
      ),
    ),
    extras,
    h(
      'fieldset',
      {},
      h('legend', {}, w.always),
      field('failNext', w.failNext, { min: 0, max: 1_000_000 }),
      h(
        'div',
        { class: 'field tall', 'data-field': 'rejectAddresses' },
        h('label', { for: 'sim-rejectAddresses' }, w.rejectAddresses),
        addresses,
        h('p', { class: 'hint', id: 'sim-rejectAddresses-hint' }, w.rejectAddressesHint),
      ),
    ),
    h(
      'div',
      { class: 'actions' },
      h('button', { class: 'button primary' }, w.apply),
      h('button', { type: 'button', class: 'button', onclick: () => put({}) }, w.reset),
      status,
    ),
  )
  attemptsTotals = h('p', { class: 'hint' })
  attemptsList = h('div', { class: 'attempts' })
  parts.simulator.replaceChildren(
    h(
      'div',
      { class: 'simulator-head' },
      h('h2', {}, w.simulatorLong),
      h(
        'button',
        { type: 'button', class: 'button quiet', 'aria-label': w.close, onclick: toggleSimulator },
        icon(ICONS.close),
      ),
    ),
    h('p', { class: 'hint' }, w.simulatorHint),
    form,
    h('h3', {}, w.attemptsLog),
    attemptsTotals,
    attemptsList,
  )
  renderAttempts()
}

async function apply(form: HTMLFormElement, status: HTMLElement): Promise<void> {
  const data = new FormData(form)
  const simulator = { ...state.simulator } as Record<string, unknown>
  for (const [name, value] of data) {
    if (name === 'mode') simulator[name] = value
    else if (name === 'rejectAddresses')
      simulator[name] = String(value)
        .split(/[\s,;]+/)
        .filter(Boolean)
    else simulator[name] = value === '' ? null : Number(value)
  }
  for (const field of form.querySelectorAll('[data-field]')) markError(field, null)
  try {
    await put(simulator)
  } catch (error) {
    const problem: Problem = (await (error as { response?: Response }).response?.json().catch(() => ({}))) ?? {}
    for (const { field } of problem.errors ?? []) {
      const element = form.querySelector(`[data-field="${field.split('.')[0]}"]`)
      if (element) markError(element, wrongWith(element))
    }
    status.textContent = problem.errors ? w.notApplied : w.failed
    form.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }
}

async function put(simulator: Record<string, unknown>): Promise<void> {
  state.simulator = await ask<Simulator>('/simulator', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(simulator),
  })
  renderSimulator(w.applied)
  renderBar()
  parts.simulator.querySelector<HTMLElement>('.button.primary')?.focus()
}

/** In the reader's language, which the answer's words are not in. */
function wrongWith(field: Element): string {
  const input = field.querySelector('input')
  return input ? w.wrongNumber(input.min, input.max) : w.wrongAddress
}

function markError(field: Element, message: string | null): void {
  const input = field.querySelector('input, textarea')
  const hint = field.querySelector<HTMLElement>('.hint')
  if (!input || !hint) return
  hint.dataset['hint'] ??= hint.textContent ?? ''
  hint.textContent = message ?? hint.dataset['hint']
  hint.classList.toggle('error', message !== null)
  if (message === null) input.removeAttribute('aria-invalid')
  else input.setAttribute('aria-invalid', 'true')
}

function renderAttempts(): void {
  if (!attemptsList || !attemptsTotals) return
  const { accepted, dropped, duplicate, rejected } = state.counts.attempts
  attemptsTotals.textContent = w.totals(number(accepted + dropped), number(duplicate), number(rejected))
  if (state.attempts.length === 0) {
    attemptsList.replaceChildren(h('p', { class: 'muted' }, w.noAttemptsYet))
    return
  }
  attemptsList.replaceChildren(
    h(
      'ol',
      { role: 'list' },
      ...state.attempts.map((attempt) =>
        h(
          'li',
          {},
          h('time', { datetime: attempt.at }, timeOf(attempt.at)),
          h('span', { class: 'attempt-to' }, attempt.to.join(', ')),
          outcome(attempt.outcome),
          h('span', { class: 'mono muted' }, attempt.status === null ? '–' : String(attempt.status)),
        ),
      ),
    ),
  )
}

// Keys and start.

document.addEventListener('keydown', (event) => {
  const inField = (event.target as HTMLElement).closest('input, textarea, select, dialog')
  if (event.key === 'Escape' && !document.querySelector('dialog')) {
    if (event.target === searchInput && state.query) search('')
    else if (state.selected) backToList()
    return
  }
  if (!state.shortcuts || inField || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === '/') {
    event.preventDefault()
    searchInput.focus()
  } else if (event.key === 'j' || event.key === 'k') {
    const at = state.items.findIndex((item) => item.id === state.selected)
    const item = state.items[at < 0 ? 0 : at + (event.key === 'j' ? 1 : -1)]
    if (item) select(item.id)
  }
})

window.addEventListener('popstate', () => select(selectedInUrl(), false))

renderFrame()
connect()
load()
if (state.selected) open(state.selected)
Promise.all([ask<Simulator>('/simulator'), ask<{ items: Attempt[] }>('/attempts')]).then(([simulator, attempts]) => {
  state.simulator = simulator
  state.attempts = attempts.items
  renderSimulator()
  renderBar()
})
