package org.craq.client.cli;

import org.craq.client.bench.ManyFiles;
import picocli.CommandLine.Option;

/** The files that {@code craq bench fill} writes and {@code craq bench look} expects. */
final class ManyFilesOptions {
    private static final int MOST_CLIENTS = 1024;

    @Option(names = "--files", paramLabel = "N", required = true, description = "Number of files.")
    private long count;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1K",
            converter = ByteSize.Converter.class,
            description = "Size of each file, at most 1M. Default: ${DEFAULT-VALUE}.")
    private ByteSize size;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            defaultValue = "fill/",
            description = "Prefix of all their names. Default: ${DEFAULT-VALUE}.")
    private String prefix;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "16",
            description = "Number of concurrent clients. Default: ${DEFAULT-VALUE}.")
    private int clients;

    /**
     * Returns the files.
     *
     * @throws IllegalArgumentException when the options are out of range
     */
    ManyFiles files() {
        return new ManyFiles(prefix, count, size.bytes());
    }

    /**
     * Returns the number of clients.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    int clients() {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new IllegalArgumentException(
                    "the number of clients must be 1 to " + MOST_CLIENTS + ", not " + clients);
        }
        return clients;
    }
}
