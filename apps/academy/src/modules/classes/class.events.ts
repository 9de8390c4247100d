/** The facts about classes that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'

export const ClassesFinalized = event('classes.finalized', z.object({ finalizationId: z.uuid() }), {
  label: { en: 'Classes finalized', pt: 'Turmas finalizadas' },
})
