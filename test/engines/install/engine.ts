/** A Go program whose module can be installed as it is. */
export interface GoInstallRecipe {
  readonly kind: 'go-install';
  /** Package path with `@version`. */
  readonly target: string;
  readonly tags: readonly string[];
  readonly ldflags: string;
}

/** A Go program that builds only as the dependency of a module of ours, because its own has a replace directive. */
export interface GoBuildRecipe {
  readonly kind: 'go-build';
  readonly package: string;
  /** The text of our go.mod. */
  readonly goMod: string;
  readonly ldflags: string;
  /** InfluxDB's Flux library: Rust, built by a stand-in for pkg-config while Go builds. */
  readonly pkgConfig: string;
}

/** A Go program of our own that makes a command of somebody's library. */
export interface GoProgramRecipe {
  readonly kind: 'go-program';
  readonly goMod: string;
  /** The text of its main.go. */
  readonly main: string;
}

/** A file out of a Debian package, unpacked and never installed: no root needed, no service started. */
export interface DebianRecipe {
  readonly kind: 'debian';
  readonly package: string;
  /** Path inside the package. */
  readonly file: string;
  /** For a program that cannot stand alone: what is kept unpacked beside it. */
  readonly tree?: {
    readonly packages: readonly string[];
    /** The text of a shell script in the program's place; the files are in `tree` beside it. */
    readonly script: string;
  };
}

export type Recipe = GoInstallRecipe | GoBuildRecipe | GoProgramRecipe | DebianRecipe;

export type EngineName =
  | 'influxd'
  | 'telegraf'
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'amtool'
  | 'prometheus-node-exporter'
  | 'influxdb1'
  | 'compose-config'
  | 'nginx'
  | 'ruby'
  | 'caddy';

/** A program that the suites in `*.engines.ts` run for real. */
export interface Engine {
  readonly name: EngineName;
  /** What is built; a newer one of the same major version does as well. */
  readonly version: string;
  /** The environment variable that names one to use instead. */
  readonly variable: string;
  /** Names it may have on the PATH. */
  readonly commands: readonly string[];
  /** Arguments that make it print its version. */
  readonly versionArgs: readonly string[];
  readonly recipe: Recipe;
  /** About how long a build takes on two cores, for whoever waits. */
  readonly takes: string;
}
