/**
 * What each handler and route may bring about, read from the types that handlers return and from the calls that entities
 * make: nothing is run, nothing is guessed from names.
 *
 *   on, handle, effect     their type carries what the handler returns: commands, batches, outcomes
 *   emit, enqueue, …       calls in the body, and in every function of the application that it calls
 */
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

export interface Batch {
  name: string
  members: string[]
  next: string[]
  failure: string[]
}

/** Stored names. */
export interface Produces {
  events: Set<string>
  commands: Set<string>
  /** By name and content: a handler may return two of one name. */
  batches: Map<string, Batch>
}

export interface Types {
  /** Stored name of an event or command → the constant that defines it. */
  names: Map<string, string>
  /** `event/handler` → what it brings about. */
  eventHandlers: Map<string, Produces>
  /** Stored name of the command. */
  commandHandlers: Map<string, Produces>
  routes: Map<string, Produces & { at: string }>
}

export class FlowError extends Error {}

/** @param entry the module that makes the application, absolute. @param root of the repository, absolute. */
export function readTypes(entry: string, root: string): Types {
  const program = ts.createProgram([entry], compilerOptions(root))
  return new Reader(program, root).read()
}

function compilerOptions(root: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.base.json')
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile)
  if (error) throw new FlowError(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, dirname(file))
  return { ...options, incremental: false, typeRoots: [join(root, 'node_modules/@types')] }
}

class Reader {
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker
  readonly #root: string
  readonly #found: Types = { names: new Map(), eventHandlers: new Map(), commandHandlers: new Map(), routes: new Map() }

  constructor(program: ts.Program, root: string) {
    this.#program = program
    this.#checker = program.getTypeChecker()
    this.#root = root
  }

  read(): Types {
    for (const file of this.#program.getSourceFiles()) if (this.#isApplication(file)) this.#visit(file)
    return this.#found
  }

  #isApplication(file: ts.SourceFile): boolean {
    return !file.isDeclarationFile && !/\/node_modules\//.test(file.fileName) && !this.#isEngine(file)
  }

  #isEngine(file: ts.SourceFile): boolean {
    return /^packages\/engine\/src\/(?!.*\.test\.ts$)/.test(relative(this.#root, file.fileName))
  }

  #visit(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) this.#name(node.name)
    if (ts.isCallExpression(node)) this.#call(node)
    ts.forEachChild(node, (child) => this.#visit(child))
  }

  #name(identifier: ts.Identifier): void {
    const type = this.#checker.getTypeAtLocation(identifier)
    const kind = this.#literal(type, 'kind')
    if (kind !== 'event-type' && kind !== 'command-type') return
    const stored = this.#literal(type, 'storedName')
    if (stored && !this.#found.names.has(stored)) this.#found.names.set(stored, identifier.text)
  }

  #call(call: ts.CallExpression): void {
    const type = this.#checker.getTypeAtLocation(call)
    switch (this.#literal(type, 'kind')) {
      case 'event-handler': {
        const event = this.#literal(this.#property(type, 'event'), 'storedName')
        const handler = this.#literal(type, 'handlerName')
        if (event && handler) this.#handler(call, type, this.#found.eventHandlers, `${event}/${handler}`)
        break
      }
      case 'command-handler': {
        const command = this.#literal(this.#property(type, 'command'), 'storedName')
        if (command) this.#handler(call, type, this.#found.commandHandlers, command)
        break
      }
      case 'route':
      case 'stream-route': {
        const [path] = call.arguments
        if (!path || !ts.isStringLiteral(path)) break
        const produces = { ...nothing(), at: this.#at(call) }
        this.#calls(call, produces, new Set())
        this.#found.routes.set(path.text, produces)
      }
    }
  }

  #handler(call: ts.CallExpression, type: ts.Type, into: Map<string, Produces>, key: string): void {
    const produces = into.get(key) ?? nothing()
    into.set(key, produces)
    // The last parameter of EventHandler and of CommandHandler is what the handler returns.
    const returned = this.#checker.getTypeArguments(type as ts.TypeReference).at(-1)
    if (returned) this.#add(returned, produces, call)
    this.#calls(call, produces, new Set())
  }

  /** What a value of this type asks for. */
  #add(type: ts.Type, into: Produces, at: ts.Node): void {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) {
      throw new FlowError(`${this.#at(at)} returns ${this.#checker.typeToString(type)}: nobody can say what follows.`)
    }
    if (type.isUnion()) {
      for (const each of type.types) this.#add(each, into, at)
      return
    }
    const element = this.#checker.getIndexTypeOfType(type, ts.IndexKind.Number)
    switch (this.#literal(type, 'kind')) {
      case 'command':
        into.commands.add(this.#storedName(type, at))
        break
      case 'batch': {
        const commandsIn = (property: string) => {
          const found = nothing()
          const held = this.#property(type, property)
          if (held) this.#add(held, found, at)
          return [...found.commands]
        }
        const name = this.#storedName(type, at)
        const batch = {
          name,
          members: commandsIn('members'),
          next: commandsIn('nextCommand'),
          failure: commandsIn('failureCommand'),
        }
        into.batches.set(JSON.stringify(batch), batch)
        break
      }
      case 'outcome': {
        const next = this.#property(type, 'next')
        if (next) this.#add(next, into, at)
        break
      }
      default:
        if (element && !(type.flags & ts.TypeFlags.StringLike)) this.#add(element, into, at)
    }
  }

  /** Follows the calls in a body into the application's own functions. */
  #calls(node: ts.Node, into: Produces, seen: Set<ts.Node>): void {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const declaration = this.#checker.getResolvedSignature(node)?.declaration
      const file = declaration?.getSourceFile()
      if (declaration && file && this.#isEngine(file)) {
        const name = ts.getNameOfDeclaration(declaration as ts.Declaration)?.getText()
        const [first, second, third] = (node.arguments ?? []).map((each) => this.#checker.getTypeAtLocation(each))
        if (name === 'emit' && first) into.events.add(this.#storedName(first, node))
        if (name === 'enqueue' && second) this.#add(second, into, node)
        if (name === 'addToBatch' && third) this.#add(third, into, node)
      } else if (declaration && file && this.#isApplication(file) && !seen.has(declaration)) {
        seen.add(declaration)
        this.#calls(declaration, into, seen)
      }
    }
    ts.forEachChild(node, (child) => this.#calls(child, into, seen))
  }

  #storedName(type: ts.Type, at: ts.Node): string {
    const name = this.#literal(type, 'name')
    if (name) return name
    throw new FlowError(
      `${this.#at(at)} makes ${this.#checker.typeToString(type)}: its stored name is not in its type.`,
    )
  }

  #property(type: ts.Type | undefined, name: string): ts.Type | undefined {
    const symbol = type && this.#checker.getPropertyOfType(type, name)
    return symbol && this.#checker.getTypeOfSymbol(symbol)
  }

  #literal(type: ts.Type | undefined, name: string): string | undefined {
    const found = this.#property(type, name)
    return found?.isStringLiteral() ? found.value : undefined
  }

  #at(node: ts.Node): string {
    const file = node.getSourceFile()
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    return `${relative(this.#root, file.fileName)}:${line + 1}`
  }
}

const nothing = (): Produces => ({ events: new Set(), commands: new Set(), batches: new Map() })
