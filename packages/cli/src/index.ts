// The command `cascata`, for programs that bring their own settings.
export { type CliEnvironment, runCli } from './run-cli.ts'
