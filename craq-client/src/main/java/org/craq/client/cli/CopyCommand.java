package org.craq.client.cli;

import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.FileVersion;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code craq cp}: copies a file within the store. */
@Command(name = "cp", description = "Copy a file within the store. No bytes move: both names share them.")
final class CopyCommand extends RenamingCommand {
    @Option(
            names = "--version",
            paramLabel = "VERSION",
            description = "The source's version to copy, for example 3-1205. Default: the newest. A file that is copied"
                    + " to its own name goes back to that version.")
    private FileVersion version;

    @Override
    Receipt run(CraqClient client, String source, String target, CopyOptions options) {
        return client.copy(source, target, version == null ? options : options.withSourceVersion(version));
    }
}
