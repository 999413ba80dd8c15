package org.craq.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.GetOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code craq cat}: writes files to standard output, one after the other. */
@Command(name = "cat", description = "Write files to standard output.")
final class CatCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of the files in the store.")
    private List<String> names;

    @Mixin
    private ReadOptions read;

    @Override
    public Integer call() throws IOException {
        GetOptions options = read.get();
        try (CraqClient client = craq.client()) {
            for (String name : names) {
                client.get(name, craq.streams().out(), options);
            }
        }
        return 0;
    }
}
