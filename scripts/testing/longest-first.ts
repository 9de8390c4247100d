/** Vitest's order of files: those that take longest begin first. One that begins last has all but one core stand idle. */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Measured on two cores; the longest first. A clean clone knows no times of earlier runs. */
export const LONGEST = [
  'apps/academy/web/academy.page.test.ts',
  'apps/academy/web/console.page.test.ts',
  'scripts/start/start.pg.test.ts',
  'apps/academy/web/outage.page.test.ts',
  'scripts/start/serve.pg.test.ts',
  'packages/console/src/server/lists.pg.test.ts',
  'packages/engine/src/daemon/killed-process.pg.test.ts',
  'apps/academy/src/modules/courses/structure.pg.test.ts',
  'packages/engine/src/daemon/outage.pg.test.ts',
  'apps/academy/src/modules/enrollments/choose-classes/choose-classes.pg.test.ts',
  'scripts/docs/deploy-guide.pg.test.ts',
  'apps/academy/src/modules/users/authenticator/authenticator.pg.test.ts',
  'packages/engine/src/commands/kept-settlements.pg.test.ts',
  'apps/academy/src/modules/event-publishing/publish-event/publish-event.pg.test.ts',
  'packages/engine/src/commands/outages.pg.test.ts',
  'apps/academy/src/modules/classes/class-life-cycle.pg.test.ts',
  'packages/engine/src/daemon/half-open.pg.test.ts',
  'packages/dev-postgres/src/start-postgres.pg.test.ts',
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
