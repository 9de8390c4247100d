import pg from 'pg'

/** One statement of a round trip. */
export interface Step {
  readonly text: string
  readonly values: readonly unknown[]
  /** The name that it is prepared under; without one it is parsed each time. */
  readonly name?: string | undefined
  /** The server need not describe its rows: they come as arrays of text. */
  readonly quiet?: boolean
}

export type StepResult = Promise<pg.QueryResult>

/**
 * Sends several statements with one Sync at their end, where the driver sends one behind each. The server then answers
 * once instead of once a statement: each answer is a system call here and there, and wakes this process. When a statement
 * raises, the server skips those behind it up to the Sync, so that nothing runs on after a fence that refused.
 *
 * <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY>
 *
 * @param client one of a pool that pipelines ({@link createPool}).
 * @returns a promise a step; behind one that raised, all reject with its error. None needs to be listened to.
 */
export function sendTogether(client: pg.ClientBase, steps: readonly Step[]): StepResult[] {
  const queries = steps.map((step) => new StepQuery(step, client))
  client.query(new RoundTrip(queries) as unknown as pg.Submittable)
  return queries.map(({ result }) => result)
}

/** What the driver's own query does when it is sent and answered. */
interface DriverQuery {
  submit(connection: DriverConnection): Error | null
  handleRowDescription(message: unknown): void
  handleDataRow(message: { fields: unknown[] }): void
  handleCommandComplete(message: unknown, connection: DriverConnection): void
  handleEmptyQuery(connection: DriverConnection): void
  handleReadyForQuery(connection: DriverConnection): void
  handleError(error: unknown, connection: DriverConnection): void
  handleCopyInResponse(connection: DriverConnection): void
}

interface PreparedQuery extends DriverQuery {
  name: string | undefined
  readonly text: string
  readonly _result: { _types: unknown; rows: unknown[] }
  prepare(connection: DriverConnection): void
}

interface DriverConnection {
  _send(message: Buffer): void
  parsedStatements: Record<string, string>
  submittedNamedStatements: Record<string, string>
  sync(): void
  sendCopyFail(why: string): void
}

// Made of their text: of an object the driver would make a copy, property by property.
const Prepared = pg.Query as unknown as new (
  text: string,
  values: readonly unknown[],
  callback: (error: Error | null, result: pg.QueryResult) => void,
) => PreparedQuery
const Driver = pg.Query as unknown as new (text: string) => DriverQuery

/** One statement, answered like any query of the driver's. */
class StepQuery {
  readonly query: PreparedQuery
  readonly quiet: boolean
  readonly result: StepResult
  #ended = false

  constructor({ text, values, name, quiet }: Step, client: pg.ClientBase) {
    this.quiet = quiet === true
    let end: (error: Error | null, result: pg.QueryResult) => void = () => {}
    this.result = new Promise((resolve, reject) => {
      end = (error, result) => (error ? reject(error) : resolve(result))
    })
    this.result.catch(() => {})
    this.query = new Prepared(text, values, end)
    this.query.name = name
    this.query._result._types = (client as unknown as { _types: unknown })._types
  }

  done(connection: DriverConnection): void {
    if (!this.#ended) this.query.handleReadyForQuery(connection)
    this.#ended = true
  }

  fail(error: unknown, connection: DriverConnection): void {
    // What the server skipped it has not parsed.
    if (this.query.name) delete connection.submittedNamedStatements[this.query.name]
    if (!this.#ended) this.query.handleError(error, connection)
    this.#ended = true
  }
}

/** For the driver one query; each answer goes to the statement whose turn it is. */
class RoundTrip extends Driver {
  readonly #steps: readonly StepQuery[]
  #at = 0

  constructor(steps: readonly StepQuery[]) {
    super('')
    this.#steps = steps
  }

  get #current(): StepQuery | undefined {
    return this.#steps[this.#at]
  }

  // Under the name of the query that is answered the driver notes which statements the server has parsed.
  get name(): string | undefined {
    return this.#current?.query.name
  }
  set name(_: unknown) {}

  get text(): string | undefined {
    return this.#current?.query.text
  }
  set text(_: unknown) {}

  override submit(connection: DriverConnection): null {
    const outbox = outboxOf(connection)
    for (const { query, quiet } of this.#steps) query.prepare(quiet ? outbox.undescribed : outbox.described)
    outbox.all.sync()
    connection._send(Buffer.concat(outbox.messages.splice(0))) // one chunk: a stream takes its time over each
    return null
  }

  override handleRowDescription(message: unknown): void {
    this.#current?.query.handleRowDescription(message)
  }

  override handleDataRow(message: { fields: unknown[] }): void {
    const step = this.#current
    if (step?.quiet) step.query._result.rows.push(message.fields)
    else step?.query.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: DriverConnection): void {
    this.#current?.query.handleCommandComplete(message, connection)
    this.#current?.done(connection)
    this.#at++
  }

  override handleEmptyQuery(connection: DriverConnection): void {
    this.#current?.done(connection)
    this.#at++
  }

  override handleCopyInResponse(connection: DriverConnection): void {
    connection.sendCopyFail('A handler cannot copy rows in')
    connection.sync() // the one behind the statement was read as a part of the copy
  }

  override handleReadyForQuery(): void {}

  override handleError(error: unknown, connection: DriverConnection): void {
    for (const step of this.#steps.slice(this.#at)) step.fail(error, connection)
    this.#at = this.#steps.length
  }
}

/** Stand in for the connection while a round trip is put together. */
interface Outbox {
  readonly messages: Buffer[]
  readonly all: DriverConnection
  /** Without the Sync that the driver sends behind each statement. */
  readonly described: DriverConnection
  /** Nor a Describe. */
  readonly undescribed: DriverConnection
}

const outboxes = new WeakMap<DriverConnection, Outbox>()

function outboxOf(connection: DriverConnection): Outbox {
  const known = outboxes.get(connection)
  if (known) return known
  const messages: Buffer[] = []
  const nothing = { value: () => {} }
  const all: DriverConnection = Object.create(connection, { _send: { value: (m: Buffer) => void messages.push(m) } })
  const described: DriverConnection = Object.create(all, { sync: nothing })
  const undescribed: DriverConnection = Object.create(described, { describe: nothing })
  const outbox = { messages, all, described, undescribed }
  outboxes.set(connection, outbox)
  return outbox
}
