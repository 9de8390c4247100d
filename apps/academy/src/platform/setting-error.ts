/** A setting that cannot work, and what would. */
export class SettingError extends Error {
  constructor(name: string, value: string | undefined, fix: string) {
    super(
      value === undefined || value === '' ? `${name} is not set. Fix: ${fix}` : `${name} is "${value}". Fix: ${fix}`,
    )
    this.name = 'SettingError'
  }
}
