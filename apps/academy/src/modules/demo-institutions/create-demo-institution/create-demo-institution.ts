/** One click, no form: an institution to look at, and a person of its staff whom nobody has to know. */
import { uuidv7 } from 'cascata'
import { isRefusal, notFound } from '../../../platform/http/refusal.ts'
import { entering, FIRST_ACCESS_VERSION, publicRoute } from '../../../platform/http/route.ts'
import type { DemoSize } from '../../institutions/institution.fields.ts'
import { createInstitution, demoNames } from '../../institutions/institutions.queries.ts'
import { contract } from './create-demo-institution.contract.ts'

/** An hour's worth, in institutions of size S: a class that tries it together, and all who do. */
const MADE_MAX = { network: 120, all: 3_000 }
const COST: Record<DemoSize, number> = { S: 1, M: 10, L: 60 }

export const createDemoInstitution = publicRoute(
  'POST /demo-institutions',
  contract,
  async ({ input: { demoData }, within, accounts, network, locale, services }) => {
    if (!services.features.demonstrations) return demonstrationsOff()
    const cost = COST[demoData]
    const limited = await accounts.limit([
      { subject: `demonstrations from ${network}`, max: MADE_MAX.network, cost },
      { subject: 'demonstrations', max: MADE_MAX.all, cost },
    ])
    if (limited) return limited
    const institutionId = uuidv7()
    const { institution: name, staff: person } = demoNames(institutionId)
    const staff = { ...person, id: uuidv7(), locale, passwordHash: null }
    const refused = await within(institutionId, (tx) =>
      createInstitution(tx, { id: institutionId, name, demoData, staff }),
    )
    if (isRefusal(refused)) return refused
    return entering({ userId: staff.id, accessVersion: FIRST_ACCESS_VERSION }, { institutionId, name })
  },
)

const demonstrationsOff = () =>
  notFound('demonstrations-off', {
    en: 'There are no demonstrations here.',
    pt: 'Aqui não há demonstrações.',
  })
