import type { Command } from 'commander';
import { defaultConfigFile } from '../default-config-file.js';
import { doctorReport } from '../doctor-report.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { readCluster } from '../read-cluster.js';

/** `doctor`: looks at the store, the source of samples and every server, and tells what to do; 1 if anything is wrong. */
export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description(
      'check store, archive, source of samples and every server; changes nothing, exit 1 if anything is wrong',
    )
    .option(
      '--config <file>',
      'the configuration of `serve` (default: ./ballast.yaml if it exists, else the environment)',
    )
    .option(
      '--cluster <file>',
      'check the servers of this cluster file as well, applied or not; - reads standard input',
    )
    .action(async (options: { config?: string; cluster?: string }) => {
      const { terminal, programs } = context;
      const { env, cwd } = terminal;
      const report = await programs.runDoctor({
        file: options.config ?? defaultConfigFile(cwd),
        env,
        cwd,
        cluster: options.cluster === undefined ? undefined : await readCluster(options.cluster, terminal),
      });
      printAnswer(context, report, () => doctorReport(terminal, report));
      context.exitWith(report.isHealthy ? 0 : 1);
    });
}
