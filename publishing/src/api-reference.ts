import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { Application, type DeclarationReflection, type ProjectReflection, ReflectionKind } from 'typedoc';
import { load } from 'typedoc-plugin-markdown';
import { publishedPackages, repository } from './published-packages.js';

/** The source of each entry point of each package, by what is imported. */
const sources = new Map(
  publishedPackages().flatMap(({ directory, manifest }) =>
    Object.values(manifest.exports ?? {}).flatMap((target) => {
      const [, path] = /^\.\/dist\/(.*)\.d\.ts$/.exec(Object(target).types) ?? [];
      const entry = path?.replace(/\/?index$/, '') ?? '';
      return path === undefined
        ? []
        : [[posix.join(manifest.name, entry), join(directory, 'src', `${path}.ts`)] as const];
    }),
  ),
);
const entryPoints = [...sources.values()];

/** The public API of all packages, as their sources and docstrings say it. */
export class ApiReference {
  readonly #application: Application;
  readonly #project: ProjectReflection;
  /** What typedoc warned of: links that lead nowhere, for example. */
  readonly warnings: readonly string[];

  private constructor(application: Application, project: ProjectReflection, warnings: readonly string[]) {
    this.#application = application;
    this.#project = project;
    this.warnings = warnings;
  }

  /** Reads all sources, which takes some seconds. */
  static async read(): Promise<ApiReference> {
    const directory = mkdtempSync(join(tmpdir(), 'sandkeep-api-'));
    try {
      const tsconfig = join(directory, 'tsconfig.json');
      writeFileSync(tsconfig, JSON.stringify(oneProgram()));
      const application = await Application.bootstrapWithPlugins({
        ...settings,
        plugin: [load],
        groupOrder: [...settings.groupOrder],
        tsconfig,
        entryPoints,
      });
      const warnings: string[] = [];
      application.logger.warn = (message) => void warnings.push(message);
      const project = await application.convert();
      if (project === undefined) throw new Error('typedoc could not read the sources');
      name(project);
      application.validate(project);
      return new ApiReference(application, project, warnings);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** The exports without a docstring, such as `persist-fs: openFsDriver`. */
  undocumented(): string[] {
    const packages = this.#project.children ?? [];
    return packages.flatMap(({ name: folder, children = [] }) =>
      children.filter((item) => !isDocumented(item, children)).map((item) => `${folder}: ${item.name}`),
    );
  }

  /** Writes the pages. @param directory what is in it is replaced */
  async write(directory: string): Promise<void> {
    rmSync(directory, { recursive: true, force: true });
    this.#application.options.setValue('outputs', [{ name: 'markdown', path: directory }]);
    await this.#application.generateOutputs(this.#project);
  }
}

const settings = {
  name: 'API reference',
  basePath: repository,
  router: 'module',
  entryFileName: 'README',
  modulesFileName: 'README',
  groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
  skipErrorChecking: true,
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  readme: 'none',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  validation: { notExported: false, invalidLink: true, notDocumented: false },
} as const;

/** One program of all packages, in which a package means the sources of another. */
function oneProgram(): object {
  const paths = publishedPackages().map(({ manifest, directory }) => [
    manifest.name,
    [join(directory, 'src/index.ts')],
  ]);
  return {
    extends: join(repository, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      noEmit: true,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      typeRoots: [join(repository, 'node_modules/@types')],
      paths: Object.fromEntries(paths),
    },
    files: entryPoints,
  };
}

/** Names the entry points by their folders, and parameters that are taken apart at once `options`. */
function name(project: ProjectReflection): void {
  for (const module of project.children ?? []) module.name = module.name.replace(/^packages\/|\/src\b/g, '');
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name === '__namedParameters') parameter.name = 'options';
  }
}

/** A type is also documented by the schema that it is inferred from: `Mount` by `mount`. */
function isDocumented(item: DeclarationReflection, all: readonly DeclarationReflection[]): boolean {
  if (item.isReference()) return true; // exported again, documented where it is from
  if (item.hasComment() || item.signatures?.some((signature) => signature.hasComment())) return true;
  const schema = `${item.name.charAt(0).toLowerCase()}${item.name.slice(1)}`;
  const schemas = all.filter(({ name }) => [schema, `${schema}Schema`].includes(name) && name !== item.name);
  return schemas.some((one) => isDocumented(one, all));
}
