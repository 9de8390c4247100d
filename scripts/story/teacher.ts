/** What the teacher of the story does from outside, over HTTP. */
import type { DemoData } from '../../apps/academy/src/demo/create-demo-data.ts'
import { bin } from '../start/processes.ts'
import { runTool } from '../start/run-tool.ts'

/** A class of so many students, in an institution of its own. */
export async function makeClass(
  { students, databaseUrl, dataDir }: { students: number; databaseUrl: string; dataDir: string },
  signal: AbortSignal,
): Promise<DemoData> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, DATA_DIR: dataDir, DEMO_ACCOUNTS: 'on' }
  const text = await runTool([...bin('prepare'), '--students', String(students)], env, signal)
  return (JSON.parse(text.trim().split('\n').at(-1) ?? '') as { demo: DemoData }).demo
}

/** @returns the cookies of the session. */
export async function signIn(url: string, teacher: DemoData['teacher'], signal: AbortSignal): Promise<string> {
  const response = await send(`${url}/api/auth/sign-in/email`, teacher, {}, signal)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

export async function publish(url: string, cookie: string, demo: DemoData, signal: AbortSignal) {
  const activity = {
    classId: demo.classId,
    note: 'N1',
    title: 'Modelagem de BD',
    description: 'Entregar o modelo conceitual do sistema de matrículas.',
    type: 'work',
    weight: 0, // the story may be played any number of times, and the weights of a class end at 100
    dueDate: demo.period.endAt,
    dueHour: '23:59',
  }
  const response = await send(`${url}/activities`, activity, { cookie }, signal)
  return (await response.json()) as { id: string; workflowId: string }
}

async function send(url: string, body: object, headers: { cookie?: string }, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  })
  if (!response.ok) throw new Error(`POST ${url} answers ${response.status}: ${await response.text()}`)
  return response
}
