/** Time for which a transaction has waited for its connection. A handler that uses the transaction is not at fault for it. */
export class ConnectionWait {
  #beganAtMs: number | undefined
  #endedAtMs: number | undefined

  begin(): void {
    this.#beganAtMs = performance.now()
  }

  end(): void {
    this.#endedAtMs = performance.now()
  }

  /** It began and has not ended. */
  get goesOn(): boolean {
    return this.#beganAtMs !== undefined && this.#endedAtMs === undefined
  }

  /** Milliseconds so far; 0 before it begins. */
  get ms(): number {
    return this.#beganAtMs === undefined ? 0 : (this.#endedAtMs ?? performance.now()) - this.#beganAtMs
  }
}
