/** Invented people. Their addresses are under names that are reserved for examples (RFC 2606): no mail reaches them. Each institution has its own. */
import { createHash } from 'node:crypto'
import { distinct, type Random } from './random.ts'

const FIRST_NAMES = [
  'Adriana',
  'Alan',
  'Amanda',
  'André',
  'Antônia',
  'Bárbara',
  'Bernardo',
  'Caio',
  'Camila',
  'Clarice',
  'Daniel',
  'Débora',
  'Eduardo',
  'Emanuel',
  'Fabiana',
  'Fernando',
  'Flávia',
  'Gilberto',
  'Gisele',
  'Henrique',
  'Iara',
  'Igor',
  'Irene',
  'Jaqueline',
  'Jonas',
  'Júlia',
  'Laura',
  'Leandro',
  'Luana',
  'Luís',
  'Manuela',
  'Marina',
  'Maurício',
  'Miguel',
  'Natália',
  'Otávio',
  'Paula',
  'Pedro',
  'Raquel',
  'Renato',
  'Rosa',
  'Samuel',
  'Sofia',
  'Tadeu',
  'Tainá',
  'Teresa',
  'Vicente',
  'Vitória',
  'Yasmin',
  'Zuleica',
] as const

const LAST_NAMES = [
  'Abrantes',
  'Aguiar',
  'Amorim',
  'Barreto',
  'Bezerra',
  'Brandão',
  'Cardoso',
  'Castanheira',
  'Cavalcanti',
  'Coutinho',
  'Dantas',
  'Esteves',
  'Falcão',
  'Ferraz',
  'Fonseca',
  'Galvão',
  'Gusmão',
  'Lacerda',
  'Lemos',
  'Macedo',
  'Maranhão',
  'Menezes',
  'Mesquita',
  'Moreno',
  'Novais',
  'Paixão',
  'Peixoto',
  'Pimentel',
  'Queiroz',
  'Ramalho',
  'Sampaio',
  'Serpa',
  'Siqueira',
  'Toledo',
  'Vasconcelos',
  'Veloso',
  'Viana',
  'Xavier',
] as const

const INSTITUTIONS = [
  'Faculdade Vale do Ipê',
  'Centro Universitário Rio das Garças',
  'Instituto Pedra do Sol',
  'Faculdade Mar de Dentro',
  'Universidade Livre do Cariri',
  'Centro Universitário Boa Travessia',
  'Faculdade Campo das Violas',
  'Instituto Superior da Chapada',
  'Universidade Nova Aurora',
  'Faculdade Porto das Letras',
] as const

export type SeedPerson = { name: string; email: string }

/** Nobody's address twice: the part before the @ is distinct within the institution, the part behind it among all. */
export const addressDomain = (institutionId: string): string =>
  `${createHash('sha256').update(institutionId).digest('hex').slice(0, 10)}.example`

export function seedPeople(random: Random, kind: string, count: number, institutionId: string): SeedPerson[] {
  const domain = addressDomain(institutionId)
  return distinct(count, () => random.digits(8)).map((digits) => ({
    name: nameOf(random),
    email: `${kind}.${digits}@${domain}`,
  }))
}

/** One name of each parent, and not the same twice. */
export function nameOf(random: Random): string {
  const first = random.pick(FIRST_NAMES)
  const middle = random.pick(LAST_NAMES)
  return `${first} ${middle} ${random.pick(LAST_NAMES.filter((name) => name !== middle))}`
}

export const institutionNameOf = (random: Random): string => random.pick(INSTITUTIONS)
