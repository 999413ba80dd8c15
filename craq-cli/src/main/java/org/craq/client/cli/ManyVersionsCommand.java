package org.craq.client.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.bench.ManyVersions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq bench versions}: writes one file repeatedly. */
@Command(
        name = "versions",
        description =
                "Write one file repeatedly, or append to it, one version after the other, and measure whether later"
                        + " versions take longer than the first.")
final class ManyVersionsCommand implements Callable<Integer> {
    @ParentCommand
    private BenchCommand bench;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Number of versions. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Option(
            names = "--blocks",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of groups in which the results are shown. Default: ${DEFAULT-VALUE}.")
    private int blocks;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1K",
            converter = ByteSize.Converter.class,
            description = "Bytes that each version adds, at most 1M. Default: ${DEFAULT-VALUE}.")
    private ByteSize size;

    @Option(names = "--append", description = "Append to the file instead of replacing it.")
    private boolean append;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ManyVersions.Settings settings;
        try {
            settings = new ManyVersions.Settings(count, size.bytes(), append, blocks);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        try (CraqClient client = bench.craq().client();
                Stages stages = new Stages(bench.craq().streams())) {
            return TimingReport.show(new ManyVersions(client, stages).measure(settings), bench.craq(), spec);
        }
    }
}
