package org.craq.client.cli;

import org.craq.client.bench.ManyFiles;
import picocli.CommandLine.Option;

/** Which files {@code craq bench fill} writes and {@code craq bench look} expects. */
final class ManyFilesOptions {
    private static final int MOST_CLIENTS = 1024;

    @Option(names = "--files", paramLabel = "N", required = true, description = "How many files.")
    private long count;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1K",
            converter = ByteSize.Converter.class,
            description = "Bytes of each file, at most 1M. Default: ${DEFAULT-VALUE}.")
    private ByteSize size;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            defaultValue = "fill/",
            description = "What all their names begin with. Default: ${DEFAULT-VALUE}.")
    private String prefix;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "16",
            description = "Operations under way at once. Default: ${DEFAULT-VALUE}.")
    private int clients;

    /** @throws IllegalArgumentException when they make no sense */
    ManyFiles files() {
        return new ManyFiles(prefix, count, size.bytes());
    }

    /** @throws IllegalArgumentException when there are too many or too few */
    int clients() {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new IllegalArgumentException("the number of clients is 1 to " + MOST_CLIENTS + ", not " + clients);
        }
        return clients;
    }
}
