package org.craq.client.cli;

import java.util.Optional;
import org.craq.client.FileVersion;
import picocli.CommandLine.Option;

/** What must hold of the file that is written; at most one of them. */
final class WriteCondition {
    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Only if the newest version is this one, for example 3-1205.")
    private FileVersion version;

    @Option(names = "--if-absent", description = "Only if there is no file of that name.")
    private boolean absent;

    Optional<FileVersion> version() {
        return Optional.ofNullable(version);
    }

    boolean absent() {
        return absent;
    }
}
