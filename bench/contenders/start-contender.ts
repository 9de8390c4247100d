import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ContenderName, ContenderOptions } from './contender.ts'
import type { Done, Order } from './contender-process.ts'

const PROGRAM = fileURLToPath(new URL('contender-process.ts', import.meta.url))

/** A contender that runs in a process of its own. */
export interface RunningContender {
  readonly name: ContenderName
  readonly options: ContenderOptions
  readonly pid: number
  enqueue(n: number): Promise<Done>
  drain(n: number): Promise<Done>
  close(): Promise<void>
}

export async function startContender(name: ContenderName, options: ContenderOptions): Promise<RunningContender> {
  const child = fork(PROGRAM, [name, JSON.stringify(options)], { stdio: ['ignore', 2, 2, 'ipc'] })
  const order = (what: Order) => ask(child, name, what)
  try {
    await order({ do: 'prepare' })
  } catch (error) {
    child.kill()
    throw error
  }
  return {
    name,
    options,
    pid: child.pid as number,
    enqueue: (n) => order({ do: 'enqueue', n }),
    drain: (n) => order({ do: 'drain', n }),
    close: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      await order({ do: 'close' }).catch(() => child.kill())
      await exited
    },
  }
}

function ask(child: ChildProcess, name: string, order: Order): Promise<Done> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`${name} ended while asked to ${order.do}.`))
    child.once('exit', onExit)
    child.once('message', (answer: Done | { error: string }) => {
      child.off('exit', onExit)
      if ('error' in answer) reject(new Error(`${name}, asked to ${order.do}: ${answer.error}`))
      else resolve(answer)
    })
    child.send(order)
  })
}
