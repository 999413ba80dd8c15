package org.craq.client.cli;

import java.util.Optional;
import org.craq.client.FileVersion;
import picocli.CommandLine.Option;

/** The conditions for the file that is written, of which at most one may be given. */
final class WriteCondition {
    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Write only if this version is the newest, for example 3-1205.")
    private FileVersion version;

    @Option(names = "--if-absent", description = "Write only if the file does not exist.")
    private boolean absent;

    Optional<FileVersion> version() {
        return Optional.ofNullable(version);
    }

    boolean absent() {
        return absent;
    }
}
