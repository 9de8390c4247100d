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
  const response = await send('POST', `${url}/api/auth/sign-in/email`, teacher, {}, signal)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** What an activity weighs, as long as a note of the class has so much left: the story may be played any number of times. */
const WEIGHT = 5

export async function publish(url: string, cookie: string, demo: DemoData, signal: AbortSignal) {
  const klass = await send('GET', `${url}/classes/${demo.classId}`, undefined, { cookie }, signal)
  const { remainingWeights } = (await klass.json()) as { remainingWeights: Record<string, number> }
  const [note, left] = Object.entries(remainingWeights).find(([, rest]) => rest >= WEIGHT) ?? ['N1', 0]
  const activity = {
    classId: demo.classId,
    note,
    title: 'Modelagem de BD',
    description: 'Entregar o modelo conceitual do sistema de matrículas.',
    type: 'work',
    weight: Math.min(WEIGHT, left),
    dueDate: demo.period.endAt,
    dueHour: '23:59',
  }
  const response = await send('POST', `${url}/activities`, activity, { cookie }, signal)
  return (await response.json()) as { id: string; workflowId: string }
}

async function send(
  method: 'GET' | 'POST',
  url: string,
  body: object | undefined,
  headers: { cookie?: string },
  signal: AbortSignal,
): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal,
  })
  if (!response.ok) throw new Error(`${method} ${url} answers ${response.status}: ${await response.text()}`)
  return response
}
