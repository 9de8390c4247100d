/**
 * Calls to addresses that users type. They must not become calls into our own network (SSRF), so:
 * https to port 443 only, no user name in the address; every address that the name resolves to must be global; the checked
 * address is the one that is connected to (a name that resolves to something else a moment later changes nothing), with the
 * original name for TLS and Host; the connected socket's address is checked once more; redirects are not followed; no proxy
 * of the environment is used; time and length of the answer are bounded.
 */
import { lookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isGlobalAddress, isLoopbackAddress } from './global-address.ts'

/** All addresses of a name. */
export type Resolver = (hostname: string) => Promise<readonly string[]>

export interface OutboundOptions {
  resolve?: Resolver
  /** Exceptions, asked for where the process starts; nothing else can make one. */
  allow?: {
    /** This machine, also by plain http and on any port. For development. */
    loopback?: boolean
    /** Ports besides 443. */
    ports?: readonly number[]
  }
  /** Certificates to trust instead of the usual ones. */
  ca?: string
  connectTimeoutMs?: number
  totalTimeoutMs?: number
}

export type UrlProblem = 'not-absolute' | 'not-https' | 'has-credentials' | 'port-not-allowed' | 'not-public'

export interface OutboundCall {
  url: string
  headers: Record<string, string>
  body: string
  signal?: AbortSignal
}

/** `not-sent`: certainly nothing arrived. `no-answer`: it may have. */
export type OutboundResult =
  | { kind: 'answered'; status: number; ms: number; excerpt: string; retryAfterMs: number | undefined }
  | { kind: 'not-sent' | 'no-answer'; reason: string; ms: number }

export interface Outbound {
  /**
   * The fault of an address. A name is looked up for a moment; one that leads nowhere now may do so when it is called, so
   * that is no fault.
   */
  problemOf(url: string): Promise<UrlProblem | undefined>
  post(call: OutboundCall): Promise<OutboundResult>
}

const CONNECT_TIMEOUT_MS = 5_000
const TOTAL_TIMEOUT_MS = 15_000
/** Somebody waits for the answer, and a connection to the database with them. */
const LOOKUP_MS_MAX = 1_000
const ANSWER_BYTES_MAX = 64 * 1024
const EXCERPT_BYTES_MAX = 1024
const RETRY_AFTER_MAX_MS = 24 * 60 * 60 * 1000

const resolveAll: Resolver = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address)

/** `publicOnly` knows no exceptions, whatever the process asked for: for those whom nobody knows. */
export function createOutbound(options: OutboundOptions = {}): Outbound & { publicOnly: Outbound } {
  const { allow: _, ...strict } = options
  return { ...outboundOf(options), publicOnly: outboundOf(strict) }
}

function outboundOf(options: OutboundOptions): Outbound {
  const { resolve = resolveAll, allow = {}, ca } = options
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, totalTimeoutMs = TOTAL_TIMEOUT_MS } = options
  const mayCall = (address: string) =>
    isGlobalAddress(address) || (allow.loopback === true && isLoopbackAddress(address))

  const writtenProblemOf = (text: string): UrlProblem | undefined => {
    if (!URL.canParse(text)) return 'not-absolute'
    const url = new URL(text)
    const host = hostOf(url)
    const local = allow.loopback === true && (host === 'localhost' || isLoopbackAddress(host))
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return 'not-https'
    if (url.username || url.password) return 'has-credentials'
    if (url.port && !local && !allow.ports?.includes(Number(url.port))) return 'port-not-allowed'
    if (isIP(host) ? !mayCall(host) : !local && !/\.[^.]+$/.test(host.replace(/\.$/, ''))) return 'not-public'
    return undefined
  }

  const problemOf = async (text: string): Promise<UrlProblem | undefined> => {
    const problem = writtenProblemOf(text)
    if (problem || isIP(hostOf(new URL(text)))) return problem
    const lookedUp = within(AbortSignal.timeout(LOOKUP_MS_MAX), resolve(hostOf(new URL(text))))
    const addresses = await lookedUp.catch((): readonly string[] => [])
    return addresses.every(mayCall) ? undefined : 'not-public'
  }

  /** @returns the address to connect to. @throws Error naming what is refused. */
  const checkedAddress = async (url: URL): Promise<string> => {
    const host = hostOf(url)
    const addresses = isIP(host) ? [host] : await resolve(host)
    const refused = addresses.find((address) => !mayCall(address))
    if (refused !== undefined) throw new Error(`${host} leads to ${refused}, which is not a public address.`)
    const [address] = addresses
    if (address === undefined) throw new Error(`${host} leads to no address.`)
    return address
  }

  const post = async (call: OutboundCall): Promise<OutboundResult> => {
    const from = performance.now()
    const ms = () => Math.round(performance.now() - from)
    const problem = writtenProblemOf(call.url)
    if (problem) return { kind: 'not-sent', reason: problem, ms: ms() }
    const url = new URL(call.url)
    const deadline = AbortSignal.timeout(totalTimeoutMs)
    const signal = call.signal ? AbortSignal.any([deadline, call.signal]) : deadline
    let sent = false
    const onSend = () => {
      sent = true
    }
    try {
      const address = await within(signal, checkedAddress(url))
      const settings = { url, address, mayCall, connectTimeoutMs, signal, ca, onSend }
      const answer = await exchange(settings, call)
      return { kind: 'answered', ms: ms(), ...answer }
    } catch (error) {
      const late = deadline.aborted && !call.signal?.aborted
      const reason = late ? `no answer within ${totalTimeoutMs} ms` : reasonOf(error)
      return { kind: sent ? 'no-answer' : 'not-sent', reason, ms: ms() }
    }
  }

  return { problemOf, post }
}

interface Exchange {
  url: URL
  /** Checked; the only one that is connected to. */
  address: string
  mayCall: (address: string) => boolean
  connectTimeoutMs: number
  signal: AbortSignal
  ca: string | undefined
  /** The first byte of the request is about to leave. */
  onSend: () => void
}

type Answer = { status: number; excerpt: string; retryAfterMs: number | undefined }

function exchange(settings: Exchange, { headers, body }: OutboundCall): Promise<Answer> {
  const { url, address, mayCall, connectTimeoutMs, signal, ca, onSend } = settings
  const secure = url.protocol === 'https:'
  const family = isIP(address)
  const pinned: LookupFunction = (_name, { all }, callback) =>
    all ? callback(null, [{ address, family }]) : callback(null, address, family)
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false, // no connection is shared, no proxy asked
      lookup: pinned,
      signal,
      ...(ca === undefined ? {} : { ca }),
    })
    const slow = setTimeout(() => request.destroy(new Error('it did not connect in time')), connectTimeoutMs)
    const send = () => {
      clearTimeout(slow)
      onSend()
      request.end(body)
    }
    request.on('socket', (socket) => {
      // The request's first byte waits until the connected address was looked at.
      socket.once('connect', () => {
        const { remoteAddress = '' } = socket
        if (!mayCall(remoteAddress)) request.destroy(new Error(`it connected to ${remoteAddress}`))
        else if (!secure) send()
      })
      if (secure) socket.once('secureConnect', send)
    })
    request.on('error', (error) => {
      clearTimeout(slow)
      reject(error)
    })
    request.on('response', async (response) => {
      const excerpt = await readExcerpt(response)
      request.destroy()
      resolve({ status: response.statusCode ?? 0, excerpt, retryAfterMs: retryAfter(response) })
    })
  })
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  return await Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    }),
  ])
}

/** The beginning of the answer. What comes after the limit is not waited for; the status counts even when the rest is cut. */
async function readExcerpt(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (bytes < EXCERPT_BYTES_MAX) kept.push(chunk)
      bytes += chunk.length
      if (bytes >= ANSWER_BYTES_MAX) break
    }
  } catch {
    // cut, or too slow: what came is kept
  }
  return escaped(Buffer.concat(kept).subarray(0, EXCERPT_BYTES_MAX))
}

/** Text without control characters but line ends and tabs: neither a terminal nor the database takes all of them. */
export function escaped(bytes: Buffer): string {
  return new TextDecoder().decode(bytes).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const text = headers['retry-after']?.trim()
  if (!text) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS) : undefined
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { code } = error as NodeJS.ErrnoException
  return (code ? `${code}: ${error.message}` : error.message).slice(0, 300)
}
