import { module } from 'cascata'
import * as readInsights from './read-insights/read-insights.ts'

export const insights = module('insights', [readInsights])
