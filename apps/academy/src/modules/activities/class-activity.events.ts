/** The facts about activities that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'

export const ClassActivityCreated = event('class-activity.created', z.object({ activityId: z.uuid() }), {
  label: { en: 'Activity published', pt: 'Atividade publicada' },
})
