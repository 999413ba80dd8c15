package org.craq.client.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.bench.LookupBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq bench look}: measures lookups among a large number of files. */
@Command(
        name = "look",
        description = "Measure lists, stats and reads of the files that 'craq bench fill' wrote with the same options.")
final class LookCommand implements Callable<Integer> {
    @ParentCommand
    private BenchCommand bench;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ManyFilesOptions options;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "Duration of each measurement. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < 1) {
            throw new ParameterException(spec.commandLine(), "a measurement must last at least 1 second");
        }
        try (CraqClient client = bench.craq().client();
                Stages stages = new Stages(bench.craq().streams())) {
            LookupBench look = new LookupBench(client, options.files(), stages);
            return TimingReport.show(look.measure(options.clients(), Duration.ofSeconds(seconds)), bench.craq(), spec);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
