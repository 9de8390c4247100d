/** Vitest's order of files: those that take longest begin first. One that begins last has all but one core stand idle. */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Measured on two cores; the longest first. A clean clone knows no times of earlier runs. */
export const LONGEST = [
  'apps/academy/web/academy.page.test.ts',
  'apps/academy/web/console.page.test.ts',
  'apps/academy/web/people.page.test.ts',
  'apps/academy/web/outage.page.test.ts',
  'apps/academy/web/structure.page.test.ts',
  'packages/engine/src/daemon/killed-process.pg.test.ts',
  'packages/console/src/server/lists.pg.test.ts',
  'scripts/start/serve.pg.test.ts',
  'scripts/story/story.pg.test.ts',
  'scripts/start/start.pg.test.ts',
  'packages/engine/src/daemon/outage.pg.test.ts',
  'apps/academy/src/platform/http/silence.pg.test.ts',
  'packages/console/src/server/boundary.pg.test.ts',
  'packages/engine/src/commands/outages.pg.test.ts',
  'packages/engine/src/commands/kept-settlements.pg.test.ts',
  'packages/engine/src/daemon/half-open.pg.test.ts',
  'packages/console/src/server/growth.pg.test.ts',
  'apps/academy/src/modules/event-publishing/publish-event/publish-event.pg.test.ts',
  'apps/academy/src/modules/webhooks/call-webhook/call-webhook.pg.test.ts',
  'packages/engine/src/commands/lost-session.pg.test.ts',
  'packages/engine/src/batches/never-early.pg.test.ts',
  'packages/engine/src/events/slow-handlers.pg.test.ts',
  'scripts/docs/deploy-guide.pg.test.ts',
  'scripts/flow/flow.pg.test.ts',
  'examples/rabbitmq/rabbitmq.pg.test.ts',
]

/** The other files stay in Vitest's order, project by project: files of two projects share no process. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.indexOf(relative(this.ctx.config.root, moduleId))
      return at < 0 ? LONGEST.length : at
    }
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder
    return (await super.sort(files)).sort((a, b) => group(a) - group(b) || place(a) - place(b))
  }
}
