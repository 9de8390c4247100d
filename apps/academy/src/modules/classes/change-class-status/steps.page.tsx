/** The three steps of a class's life, as staff take them. */
import { IconDoorEnter, IconFlagCheck, IconPlayerPlay } from '@tabler/icons-react'
import type { ShownClassStatus } from '../class.fields.ts'
import { finalize, release, start } from './change-class-status.contract.ts'

export const STEPS = ['release', 'start', 'finalize'] as const
export type Step = (typeof STEPS)[number]

export const STEP_ENDPOINTS = { release, start, finalize }

export const STEP_ICONS = { release: IconDoorEnter, start: IconPlayerPlay, finalize: IconFlagCheck }

const FROM = { release: 'pre-enrollment', start: 'awaiting-start', finalize: 'started' } as const

/** How classes stand that wait for the step. */
export const startingFrom = (step: Step): ShownClassStatus => FROM[step]

/** The step that a class takes next: one that is in enrollment is told why it cannot start yet. */
export const nextStep = (status: ShownClassStatus): Step | undefined =>
  status === 'enrollment' ? 'start' : STEPS.find((step) => startingFrom(step) === status)
