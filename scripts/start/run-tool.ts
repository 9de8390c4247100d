import { execFile } from 'node:child_process'

/**
 * Runs a Node program to its end and returns what it wrote to its standard output.
 * @param signal kills it.
 * @throws Error whose message is what it wrote to its standard error.
 */
export function runTool(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { env, signal, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr.trim() || stdout.trim() || error.message, { cause: error }))
        else resolve(stdout)
      },
    )
  })
}
