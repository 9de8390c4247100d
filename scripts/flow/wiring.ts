/** The application as a graph: what its registry knows, joined by the arrows that its types give. */
import { relative } from 'node:path'
import type { App } from 'cascata'
import { FlowError, type Produces, type Types } from './read-types.ts'

export type Kind = 'route' | 'event' | 'handler' | 'command' | 'batch'

export interface Node {
  /** Unique: kind and stored name. */
  key: string
  kind: Kind
  /** As the code calls it. */
  title: string
  /** What else is worth knowing: stored name, how it is retried. */
  details: string
  /** file:line, relative to the repository. */
  at: string
}

export interface Edge {
  from: string
  to: string
  as: 'leads-to' | 'member' | 'next' | 'failure'
}

export interface Wiring {
  nodes: Map<string, Node>
  edges: Edge[]
}

export function wiringOf(app: App, types: Types, root: string): Wiring {
  const nodes = new Map<string, Node>()
  const edges = new Map<string, Edge>()
  const at = (place: string | undefined) => (place ? relative(root, place) : '')
  const titleOf = (stored: string) => types.names.get(stored) ?? stored
  const add = (kind: Kind, name: string, node: Omit<Node, 'key' | 'kind'>) => {
    const key = `${kind} ${name}`
    nodes.set(key, { key, kind, ...node })
    return key
  }
  const join = (from: string, as: Edge['as'], to: string) => edges.set(`${from} ${as} ${to}`, { from, as, to })
  const produce = (from: string, produces: Produces) => {
    for (const event of produces.events) join(from, 'leads-to', `event ${event}`)
    for (const command of produces.commands) join(from, 'leads-to', `command ${command}`)
    for (const batch of produces.batches.values()) {
      const key = add('batch', batch.name, { title: `[${batch.name}]`, details: '', at: nodes.get(from)?.at ?? '' })
      join(from, 'leads-to', key)
      for (const member of batch.members) join(key, 'member', `command ${member}`)
      for (const next of batch.next) join(key, 'next', `command ${next}`)
      for (const failure of batch.failure) join(key, 'failure', `command ${failure}`)
    }
  }

  for (const [path, produces] of types.routes) {
    if (produces.events.size + produces.commands.size + produces.batches.size === 0) continue
    produce(add('route', path, { title: path, details: '', at: produces.at }), produces)
  }
  for (const [stored, event] of app.events) {
    const key = add('event', stored, { title: titleOf(stored), details: stored, at: at(event.definedAt) })
    for (const { handlerName, definedAt } of app.eventHandlers.get(stored) ?? []) {
      const handler = add('handler', `${stored}/${handlerName}`, { title: handlerName, details: '', at: at(definedAt) })
      join(key, 'leads-to', handler)
      produce(handler, readable(types.eventHandlers.get(`${stored}/${handlerName}`), handlerName, definedAt))
    }
  }
  for (const [stored, handler] of app.commandHandlers) {
    const { retry } = handler.command
    const tries = retry.attempts === 1 ? 'never retried' : `${retry.attempts} tries, ${backoff(retry)}`
    const details = [stored, ...(handler.effect ? ['effect'] : []), tries].join(' · ')
    const key = add('command', stored, { title: titleOf(stored), details, at: at(handler.definedAt) })
    produce(key, readable(types.commandHandlers.get(stored), stored, handler.definedAt))
  }
  for (const { from, to } of edges.values()) {
    if (!nodes.has(to)) throw new FlowError(`${from} leads to ${to}, which no module of the application lists.`)
  }
  return { nodes, edges: [...edges.values()] }
}

function readable(produces: Produces | undefined, name: string, definedAt: string | undefined): Produces {
  if (produces) return produces
  throw new FlowError(`What ${name} (${definedAt}) returns was not found in the types below the application's module.`)
}

/** Every arrow that can be walked from a node. */
export function edgesFrom({ edges }: Wiring, key: string): Edge[] {
  const found = new Set<Edge>()
  const walk = (from: string) => {
    for (const edge of edges) {
      if (edge.from !== from || found.has(edge)) continue
      found.add(edge)
      walk(edge.to)
    }
  }
  walk(key)
  return [...found]
}

function backoff({ backoff: how, baseMs, capMs }: { backoff: string; baseMs: number; capMs: number }): string {
  if (how === 'none') return 'at once'
  return how === 'fixed' ? `every ${duration(baseMs)}` : `${how} ${duration(baseMs)} to ${duration(capMs)}`
}

function duration(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  if (ms % 60_000 === 0) return `${ms / 60_000} min`
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`
}
