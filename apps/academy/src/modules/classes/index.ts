import { module } from 'cascata'
import * as listClasses from './list-classes/list-classes.ts'
import * as readClass from './read-class/read-class.ts'

export const classes = module('classes', [listClasses, readClass])
