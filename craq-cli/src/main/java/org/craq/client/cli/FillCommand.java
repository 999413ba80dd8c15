package org.craq.client.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.bench.Fill;
import org.craq.client.bench.ManyFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq bench fill}: writes a large number of small files. */
@Command(
        name = "fill",
        description = {
            "Write many small files, each durable on every member before its writer begins the next, and keep them.",
            "To measure the cluster with these files: craq bench look"
        })
final class FillCommand implements Callable<Integer> {
    @ParentCommand
    private BenchCommand bench;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ManyFilesOptions options;

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "Skip this many files, which an earlier run has written. Default: ${DEFAULT-VALUE}.")
    private long from;

    @Override
    public Integer call() throws InterruptedException {
        try (CraqClient client = bench.craq().client();
                Stages stages = new Stages(bench.craq().streams())) {
            ManyFiles files = options.files();
            if (from < 0 || from >= files.count()) {
                throw new IllegalArgumentException("--from must be at least 0 and less than --files");
            }
            return TimingReport.show(
                    List.of(new Fill(client, stages).write(files, from, options.clients())), bench.craq(), spec);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
