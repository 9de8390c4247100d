/** What a node of a lineage is drawn with, and where it leads. */
import { type Icon, IconBox, IconStack } from '@tabler/icons-react'
import type { WorkflowNode } from '../../contract/index.ts'
import { type Place, place } from '../kit/place.ts'
import { KIND_ICONS, pathOf } from '../kit/record.tsx'

/** A record's page, or the events of an entity; a group has none. */
export const targetOf = (node: WorkflowNode): Place | undefined => {
  if (node.id && (node.kind === 'event' || node.kind === 'command' || node.kind === 'batch'))
    return pathOf(node.kind, node.id)
  if (node.kind === 'entity' && node.entityId)
    return place('/events', { search: { entityType: node.type, entityId: node.entityId } })
  return undefined
}

export const iconOf = (node: WorkflowNode): Icon =>
  node.kind === 'entity' ? IconBox : node.kind === 'group' ? IconStack : KIND_ICONS[node.kind]
